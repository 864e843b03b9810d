"""Naming a group: as a new class, or as one that there is."""

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from app.theme import with_role
from app.views.classes.form import ClassForm
from app.views.discover.crop_strip import CropStrip
from core.domain.decisions import ClassDraft

NEW = 0
WIDTH_PX = 520


class NameDialog(QDialog):
    """`chosen` is the id of the class that was picked, or None for a new one, which stands in `form`."""

    def __init__(
        self,
        hint: str,
        draft: ClassDraft,
        taken_keys: Sequence[int],
        known: Sequence[tuple[int, str]],
        exemplars: CropStrip,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Name the group")
        self.setMinimumWidth(WIDTH_PX)
        self.form, self._known = ClassForm(), QComboBox()
        self.form.set_fields(draft, taken_keys)
        self._known.addItem("A new class", NEW)
        for class_id, name in known:
            self._known.addItem(name, class_id)
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._known.currentIndexChanged.connect(self._allow)
        self.form.name.textChanged.connect(self._allow)
        self._lay_out(hint, exemplars)
        self._allow()
        self.form.name.setFocus()

    @property
    def chosen(self) -> int | None:
        """Id of the known class; None for a new one."""
        return int(self._known.currentData()) or None

    def choose(self, class_id: int) -> None:
        """Put the choice on a known class."""
        self._known.setCurrentIndex(self._known.findData(class_id))

    def _allow(self) -> None:
        new = self.chosen is None
        self.form.setEnabled(new)
        ok = self._buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setEnabled(not new or bool(self.form.name.text().strip()))

    def _lay_out(self, hint: str, exemplars: CropStrip) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 20, 22, 18)
        layout.setSpacing(12)
        layout.addWidget(with_role(QLabel(hint, wordWrap=True), "muted"))
        layout.addWidget(exemplars)
        layout.addWidget(self._known)
        layout.addWidget(self.form)
        layout.addWidget(self._buttons)
