"""All about one class: its fields, where it came from, what bears it, what happened to it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.theme import Palette, with_role
from app.views.classes.form import ClassForm
from app.views.discover.crop_strip import CropStrip, Picture

EXEMPLAR_PX, HIT_PX = 58, 40
VALUE_ROLE = int(Qt.ItemDataRole.UserRole)


class ClassDetails(QFrame):
    """Setters and wishes."""

    merge_requested = Signal()
    split_requested = Signal()
    retire_requested = Signal()
    search_requested = Signal()
    hit_activated = Signal(object)

    def __init__(self, picture: Picture, palette: Palette) -> None:
        super().__init__()
        self._picture = picture
        self.form = ClassForm()
        self.merge, self.split = QPushButton("Merge into…"), QPushButton("Split off…")
        self.retire, self.search = QPushButton("Retire"), QPushButton("Search all lots")
        self.merge.clicked.connect(self.merge_requested)
        self.split.clicked.connect(self.split_requested)
        self.retire.clicked.connect(self.retire_requested)
        self.search.clicked.connect(self.search_requested)
        self.split.setToolTip("Make a class of the images that are selected below")
        self.search.setToolTip("Find crops of all lots that look like this class and do not bear it")
        self._exemplars = CropStrip(picture, palette, EXEMPLAR_PX)
        self._birth = QLabel(wordWrap=True, textFormat=Qt.TextFormat.RichText)
        self._birth.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._medoids = CropStrip(picture, palette, EXEMPLAR_PX)
        self.images, self._events, self.hits = QListWidget(), QListWidget(), QListWidget()
        self._tabs = QTabWidget()
        self._lay_out()

    def set_retired(self, retired: bool) -> None:
        """What can be done with the class."""
        self.retire.setText("Take back" if retired else "Retire")
        self.form.setEnabled(not retired)
        self.merge.setEnabled(not retired)
        self.split.setEnabled(not retired)

    def set_exemplars(self, crop_ids: Sequence[int]) -> None:
        """The crops that show it best."""
        self._exemplars.set_crops(crop_ids)

    def set_birth(self, text: str, medoids: Sequence[int]) -> None:
        """The birth certificate, as rich text, and its evidence."""
        self._birth.setText(text)
        self._medoids.set_crops(medoids)
        self._medoids.setVisible(bool(medoids) and tuple(medoids) != self._exemplars.crop_ids)

    def set_images(self, images: Sequence[tuple[int, str]]) -> None:
        """Images that bear the class: id and words."""
        self.images.clear()
        for image_id, words in images:
            row = QListWidgetItem(words, self.images)
            row.setData(VALUE_ROLE, image_id)
        self._tabs.setTabText(0, f"Images  {len(images):,}")

    def chosen_images(self) -> tuple[int, ...]:
        """The selected ones, top first."""
        rows = sorted(self.images.row(item) for item in self.images.selectedItems())
        return tuple(self.images.item(row).data(VALUE_ROLE) for row in rows)

    def set_events(self, lines: Sequence[str]) -> None:
        """The class's history, newest first."""
        self._events.clear()
        for line in lines:
            QListWidgetItem(line, self._events).setToolTip(line)

    def set_hits(self, hits: Sequence[tuple[int, str, object]] | None) -> None:
        """Look-alikes of all lots: crop, words and what to hand back; None before the search."""
        self.hits.clear()
        for crop_id, words, value in hits or ():
            row = QListWidgetItem(words, self.hits)
            row.setData(VALUE_ROLE, (crop_id, value))
            self._show_picture(row, crop_id)
        self._tabs.setTabText(2, "Look-alikes" if hits is None else f"Look-alikes  {len(hits):,}")
        if hits is not None:
            self._tabs.setCurrentIndex(2)

    def refresh_pictures(self) -> None:
        """Some pictures have arrived."""
        self._exemplars.update()
        self._medoids.update()
        for row in range(self.hits.count()):
            item = self.hits.item(row)
            if item.icon().isNull():
                self._show_picture(item, item.data(VALUE_ROLE)[0])

    def _show_picture(self, row: QListWidgetItem, crop_id: int) -> None:
        picture: QImage | None = self._picture(crop_id)
        if picture is not None:
            row.setIcon(QIcon(QPixmap.fromImage(picture)))

    def _lay_out(self) -> None:
        buttons = QGridLayout()
        buttons.setSpacing(8)
        for place, button in enumerate((self.merge, self.split, self.retire, self.search)):
            buttons.addWidget(button, place // 2, place % 2)
        for view in (self.images, self._events, self.hits):
            view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
            view.setUniformItemSizes(True)
            view.setMinimumHeight(96)
        self._events.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.hits.setIconSize(QPixmap(HIT_PX, HIT_PX).size())
        self.hits.itemActivated.connect(lambda row: self.hit_activated.emit(row.data(VALUE_ROLE)[1]))
        for title, page in (("Images", self.images), ("History", self._events), ("Look-alikes", self.hits)):
            self._tabs.addTab(page, title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        layout.addWidget(self.form)
        layout.addLayout(buttons)
        for title, parts in (("Exemplars", (self._exemplars,)), ("Origin", (self._birth, self._medoids))):
            layout.addWidget(_section(title))
            for part in parts:
                layout.addWidget(part)
        layout.addWidget(self._tabs, 1)


def _section(title: str) -> QWidget:
    return with_role(QLabel(title), "section")
