"""The platform's own dialogs, one function each; None means that the user thought better of it."""

from pathlib import Path

from PySide6.QtWidgets import QDialog, QFileDialog, QInputDialog, QLineEdit, QWidget

from app.views.shell.key_sheet import KeyDialog

IMAGES = "Images (*.png *.tif *.tiff *.bmp *.jpg *.jpeg);;All files (*)"
MANIFESTS = "Manifest or KLARF (*.csv *.001 *.klarf *.kla *.klf);;All files (*)"
REPORTS = {
    "One-file report (*.html)": ".html",
    "PDF (*.pdf)": ".pdf",
    "Workbook (*.xlsx)": ".xlsx",
    "Table (*.csv)": ".csv",
    "COCO (*.json)": ".json",
    "All of these (*.zip)": ".zip",
}


def ask_folder(parent: QWidget, title: str) -> Path | None:
    """An existing folder."""
    chosen = QFileDialog.getExistingDirectory(parent, title)
    return Path(chosen) if chosen else None


def ask_files(parent: QWidget) -> tuple[Path, ...]:
    """Images; empty when none was chosen."""
    chosen, _ = QFileDialog.getOpenFileNames(parent, "Open images", filter=IMAGES)
    return tuple(Path(path) for path in chosen)


def ask_image(parent: QWidget, title: str) -> Path | None:
    """One image."""
    chosen, _ = QFileDialog.getOpenFileName(parent, title, filter=IMAGES)
    return Path(chosen) if chosen else None


def ask_manifest(parent: QWidget) -> Path | None:
    """A CSV manifest or a KLARF."""
    chosen, _ = QFileDialog.getOpenFileName(parent, "Open manifest or KLARF", filter=MANIFESTS)
    return Path(chosen) if chosen else None


def ask_report(parent: QWidget, lot_name: str) -> Path | None:
    """Where to write a report; its suffix says in which format."""
    chosen, kind = QFileDialog.getSaveFileName(
        parent, "Export report", f"{lot_name}.html", filter=";;".join(REPORTS)
    )
    if not chosen:
        return None
    path = Path(chosen)
    return path if path.suffix.lower() in REPORTS.values() else path.with_name(path.name + REPORTS[kind])


def ask_klarf(parent: QWidget, name: str) -> Path | None:
    """Where to write a KLARF."""
    chosen, _ = QFileDialog.getSaveFileName(parent, "Write KLARF", name)
    return Path(chosen) if chosen else None


def ask_text(parent: QWidget, title: str, label: str, text: str, longest: int) -> str | None:
    """One line of text, of no more than `longest` characters."""
    dialog = QInputDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setLabelText(label)
    dialog.setTextValue(text)
    for field in dialog.findChildren(
        QLineEdit
    ):  # the one that Qt has made by now; it offers no setter of its own
        field.setMaxLength(longest)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    chosen = dialog.textValue().strip()
    dialog.deleteLater()
    return chosen if accepted else None


def ask_key(parent: QWidget, text: str) -> str | None:
    """A key, by having it pressed."""
    dialog = KeyDialog(text, parent)
    accepted = dialog.exec() == KeyDialog.DialogCode.Accepted
    keys = dialog.keys
    dialog.deleteLater()
    return keys if accepted and keys else None
