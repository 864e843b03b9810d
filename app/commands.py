"""What the menus offer: the window's own actions, and the menus made of them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from app.actions import ActionSpec, always
from app.device_text import AUTO_DEVICE, device_text
from app.engine import Engine, Frame
from app.main_window import SEPARATOR
from app.messages import Message
from app.operations import ReportFormat
from app.presenters.shell import CLASSES, DISCOVER, LOTS, QUALITY, RECIPES, REVIEW, WAFER
from app.undoing import BACK, FORTH, Undoing
from app.views.shell import dialogs
from app.views.shell.key_sheet import KeySheet
from core.domain.lengths import REVIEWER_LENGTH

MENUS = {
    "&File": (
        "file.open_folder",
        "file.open_files",
        "file.open_manifest",
        "file.write_demo",
        SEPARATOR,
        "file.export",
        "file.klarf",
        SEPARATOR,
        "file.quit",
    ),
    "&Edit": ("edit.undo", "edit.redo", SEPARATOR, "edit.reviewer", "lot.disposition", "lot.pixel_size"),
    "&Run": ("run.detect", "run.discover", "run.fit_grouping", SEPARATOR, "run.thresholds", "run.few_shot"),
    "&View": (
        "view.lots",
        "view.review",
        "view.discover",
        "view.classes",
        "view.recipes",
        "view.wafer",
        "view.quality",
        SEPARATOR,
        "view.jobs",
        SEPARATOR,
        "view.contrast",
    ),
    "&Help": ("help.keys",),
}

FORMAT_OF_SUFFIX: dict[str, ReportFormat] = {
    ".html": "html",
    ".pdf": "pdf",
    ".xlsx": "xlsx",
    ".csv": "csv",
    ".json": "coco",
    ".zip": "zip",
}


class Commands(QObject):
    """Asks what has to be asked (which folder, which file) and passes it on."""

    def __init__(self, engine: Engine, frame: Frame, undoing: Undoing) -> None:
        super().__init__(frame.window)
        self._engine, self._undoing = engine, undoing
        self._window, self._shell, self._table = frame.window, frame.shell, frame.table
        self._operations, self._preferences = engine.operations, engine.preferences
        self._has_lot = lambda: frame.has_lot
        self.menus: dict[str, QMenu] = {}
        self._group = QActionGroup(self)
        self._table.add(self._specs(), self._window)
        self._show_contrast()
        self._operations.detecting_changed.connect(self._table.refresh)
        self._shell.screen_changed.connect(self._table.refresh)

    def add_menus(self) -> None:
        """The menu bar, once everything that `MENUS` names is in the table."""
        self.menus = {title: self._window.add_menu(title, ids, self._table) for title, ids in MENUS.items()}
        self.menus["&Edit"].aboutToShow.connect(self.name_undo)
        self._devices = self.menus["&Run"].addMenu("Device")
        self.set_devices({})
        self._operations.devices_known.connect(self.set_devices)

    def set_devices(self, devices: Mapping[str, str]) -> None:
        """Offer the devices that were found."""
        self._devices.clear()
        for device in (AUTO_DEVICE, *devices):
            action = QAction(
                "Automatic" if device == AUTO_DEVICE else device_text(device, devices),
                self._group,
                checkable=True,
            )
            action.setChecked(device == self._operations.device)
            action.triggered.connect(lambda _checked, chosen=device: self._operations.choose_device(chosen))
            self._devices.addAction(action)

    def _show_contrast(self) -> None:
        action = self._table.action("view.contrast")
        action.blockSignals(True)  # shows what is set; nobody asked for a change
        action.setChecked(self._preferences.settings.theme == "high_contrast")
        action.blockSignals(False)

    def name_undo(self) -> None:
        """Say in the menu what undo and redo would do; asked when it opens, so that no decision waits for it."""
        undoing, table = self._undoing, self._table
        table.action("edit.undo").setText(undoing.text(BACK))
        table.action("edit.redo").setText(undoing.text(FORTH))

    def open_folder(self) -> None:
        """Ask for a folder of images and open it."""
        self._open(dialogs.ask_folder(self._window, "Open folder"))

    def open_manifest(self) -> None:
        """Ask for a CSV manifest and open it."""
        self._open(dialogs.ask_manifest(self._window))

    def open_files(self) -> None:
        """Ask for images and open them as one lot."""
        if files := dialogs.ask_files(self._window):
            self._operations.open_source(files[0] if len(files) == 1 else files)

    def write_demo(self) -> None:
        """Ask where to draw the demo lot."""
        folder = dialogs.ask_folder(self._window, "Write the demo lot into this folder")
        if folder is not None:
            self._operations.write_demo_lot(folder / "residua-demo")

    def export(self) -> None:
        """Ask where to write the report of the shown lot."""
        state = self._shell.state
        if state.lot_id is None:
            return
        if (out := dialogs.ask_report(self._window, state.lot_name)) is not None:
            self._operations.export(state.lot_id, FORMAT_OF_SUFFIX[out.suffix.lower()], out)

    def detect(self) -> None:
        """Measure the shown lot."""
        if (lot_id := self._shell.state.lot_id) is not None:
            self._operations.detect(lot_id)

    def discover(self) -> None:
        """Group the shown lot's defects and show them."""
        if (lot_id := self._shell.state.lot_id) is not None:
            self._shell.show_screen(DISCOVER)
            self._operations.discover(lot_id)

    def fit_grouping(self) -> None:
        """Fit what describes defects to the shown lot, and group its defects by it."""
        if (lot_id := self._shell.state.lot_id) is not None:
            self._shell.show_screen(DISCOVER)
            self._operations.fit_embedding(lot_id)

    def show_keys(self) -> None:
        """Show the key sheet."""
        sheet = KeySheet(self._table.sections(), self._window)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.remap_requested.connect(lambda action_id: self._remap(sheet, action_id))
        sheet.open()

    def change_reviewer(self) -> None:
        """Ask who reviews."""
        kept = self._preferences.settings.reviewer
        name = dialogs.ask_text(self._window, "Reviewer", "Name beside each decision:", kept, REVIEWER_LENGTH)
        if name is not None and name != kept:
            self._preferences.change(reviewer=name)
            self._tell_next_start(f"Decisions will bear the name {name or 'of the account'}")

    def switch_contrast(self, high: bool) -> None:
        """Change the theme."""
        self._preferences.change(theme="high_contrast" if high else "dark")
        self._tell_next_start("The window will be in high contrast" if high else "The window will be dark")

    def _tell_next_start(self, what: str) -> None:
        self._engine.events.notice.emit(Message(f"{what} from the next start on.", is_error=False))

    def _remap(self, sheet: KeySheet, action_id: str) -> None:
        table = self._table
        keys = dialogs.ask_key(sheet, table.text(action_id))
        if keys is None:
            return
        table.remap(action_id, keys)
        sheet.set_keys(action_id, table.keys_text(action_id))
        self._preferences.change(keys=table.remaps)

    def _open(self, source: Path | None) -> None:
        if source is not None:
            self._operations.open_source(source)

    def _specs(self) -> tuple[ActionSpec, ...]:
        return (*self._file_specs(), *self._edit_specs(), *self._run_specs(), *self._view_specs())

    def _file_specs(self) -> tuple[ActionSpec, ...]:
        return (
            _spec("file.open_folder", "Open folder…", "Ctrl+O", self.open_folder),
            _spec("file.open_files", "Open files…", "Ctrl+Shift+O", self.open_files),
            _spec("file.open_manifest", "Open manifest…", "", self.open_manifest),
            _spec("file.write_demo", "Write demo lot…", "", self.write_demo),
            _spec("file.export", "Export report…", "Ctrl+E", self.export, self._has_lot),
            _spec("file.quit", "Quit", "Ctrl+Q", self._window.close),
        )

    def _edit_specs(self) -> tuple[ActionSpec, ...]:
        return (
            _spec("edit.undo", "Undo", "Ctrl+Z", partial(self._undoing.go, BACK)),
            _spec("edit.redo", "Redo", "Ctrl+Shift+Z; Ctrl+Y", partial(self._undoing.go, FORTH)),
            _spec("edit.reviewer", "Reviewer…", "", self.change_reviewer),
        )

    def _run_specs(self) -> tuple[ActionSpec, ...]:
        fit, can_discover = "Fit the grouping to this lot", self._can_discover
        return (
            _spec("run.detect", "Detect", "F5", self.detect, self._can_detect),
            _spec("run.discover", "Group the defects", "F6", self.discover, can_discover),
            _spec("run.fit_grouping", fit, "Shift+F6", self.fit_grouping, can_discover),
        )

    def _view_specs(self) -> tuple[ActionSpec, ...]:
        contrast = _spec("view.contrast", "High contrast", "", self.switch_contrast)
        screens = (
            (LOTS, "Lots", "Ctrl+1", always),
            (REVIEW, "Review", "E; Ctrl+2", self._has_lot),
            (DISCOVER, "Discover", "D; Ctrl+3", self._has_lot),
            (CLASSES, "Classes", "Ctrl+4", always),
            (RECIPES, "Recipes", "Ctrl+5", always),
            (WAFER, "Wafer", "Ctrl+6", self._has_lot),
            (QUALITY, "Quality", "Q; Ctrl+7", self._has_lot),
        )
        return (
            *(
                _spec(f"view.{screen}", text, keys, partial(self._shell.show_screen, screen), enabled_when)
                for screen, text, keys, enabled_when in screens
            ),
            _spec("view.jobs", "Jobs", "J", self._shell.toggle_jobs),
            replace(contrast, checkable=True),
            _spec("help.keys", "Keys", "?; F1", self.show_keys),
        )

    def _can_discover(self) -> bool:
        return self._operations.can_discover(self._shell.state.lot_id)

    def _can_detect(self) -> bool:
        return self._operations.can_detect(self._shell.state.lot_id)


def _spec(
    action_id: str,
    text: str,
    keys: str,
    callback: Callable[..., object],
    enabled_when: Callable[[], bool] = always,
) -> ActionSpec:
    section = action_id.partition(".")[0].capitalize()
    return ActionSpec(action_id, text, keys, callback, enabled_when, section)
