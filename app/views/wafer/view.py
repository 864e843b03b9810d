"""The wafer screen: the map, and beside it what is shown on it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.theme import Palette, with_role
from app.views.review.message_card import MessageCard
from app.views.wafer.wafer_map import WaferMapWidget

PANEL_PX = 280
SWATCH_PX = 12
EDGES_MM = (0.0, 1.0, 2.0, 3.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class LegendLine:
    """A class on the map: name, "#rrggbb", how many dots are in the zone, and whether they are shown."""

    name: str
    color: str
    count: int
    shown: bool


class WaferView(QWidget):
    """Setters for what the presenter decides; signals for what is wished."""

    wafer_chosen = Signal(int)
    zone_chosen = Signal(str)
    edge_chosen = Signal(float)  # mm
    class_toggled = Signal(int, bool)
    review_requested = Signal()

    def __init__(self, zones: Sequence[tuple[str, str]], palette: Palette) -> None:
        super().__init__()
        self.map = WaferMapWidget(palette)
        self._card = MessageCard()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._card)
        self._stack.addWidget(self.map)
        self._wafers, self._zones, self._edge = QComboBox(), QComboBox(), QComboBox()
        for zone, word in zones:
            self._zones.addItem(word, zone)
        for edge_mm in EDGES_MM:
            self._edge.addItem(f"{edge_mm:g} mm" if edge_mm else "none", edge_mm)
        self._edge.setToolTip("Width of the ring at the rim that is not counted")
        self._legend = QListWidget()
        self._counts = with_role(QLabel(wordWrap=True), "muted")
        self._defect = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._defect.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._review = with_role(QPushButton("Review this image"), "primary")
        self._fit = QPushButton("Whole wafer")
        self._connect()
        self._lay_out()
        self.set_defect("", can_review=False)

    def say_instead(self, title: str, sentence: str) -> None:
        """A sentence in the place of the map."""
        self._card.set_message(title, sentence)
        self._stack.setCurrentWidget(self._card)

    def show_map(self) -> None:
        """The map in the place of the sentence."""
        self._stack.setCurrentWidget(self.map)

    def set_wafers(self, names: Sequence[str], chosen: int) -> None:
        """Offer the wafers of a lot."""
        self._wafers.blockSignals(True)
        self._wafers.clear()
        self._wafers.addItems(list(names))
        self._wafers.setCurrentIndex(chosen)
        self._wafers.setEnabled(len(names) > 1)
        self._wafers.blockSignals(False)

    def set_edge(self, edge_mm: float) -> None:
        """Width of the edge exclusion, one of EDGES_MM."""
        self._edge.blockSignals(True)
        self._edge.setCurrentIndex(self._edge.findData(edge_mm))
        self._edge.blockSignals(False)

    def set_legend(self, lines: Sequence[LegendLine]) -> None:
        """The classes on the map."""
        self._legend.blockSignals(True)
        while self._legend.count() > len(lines):
            self._legend.takeItem(self._legend.count() - 1)
        for row, line in enumerate(lines):
            self._fill(self._legend.item(row) or self._new_line(), line)
        self._legend.blockSignals(False)

    def _new_line(self) -> QListWidgetItem:
        item = QListWidgetItem(self._legend)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
        return item

    def _fill(self, item: QListWidgetItem, line: LegendLine) -> None:
        item.setIcon(_swatch(line.color))
        item.setText(f"{line.name}  ·  {line.count:,}")
        item.setCheckState(Qt.CheckState.Checked if line.shown else Qt.CheckState.Unchecked)

    def set_counts(self, text: str) -> None:
        """How many defects are shown."""
        self._counts.setText(text)

    def set_defect(self, text: str, *, can_review: bool) -> None:
        """What is known of the chosen defect."""
        self._defect.setText(text or "Click a dot to see its defect; double-click to review its image.")
        self._review.setEnabled(can_review)

    def _connect(self) -> None:
        self._wafers.currentIndexChanged.connect(self.wafer_chosen)
        self._zones.currentIndexChanged.connect(lambda: self.zone_chosen.emit(self._zones.currentData()))
        self._edge.currentIndexChanged.connect(lambda: self.edge_chosen.emit(self._edge.currentData()))
        self._legend.itemChanged.connect(
            lambda item: self.class_toggled.emit(
                self._legend.row(item), item.checkState() == Qt.CheckState.Checked
            )
        )
        self._review.clicked.connect(self.review_requested)
        self._fit.clicked.connect(self.map.fit)
        for widget in (self._wafers, self._zones, self._edge, self._legend, self._review, self._fit):
            widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow("Wafer", self._wafers)
        form.addRow("Zone", self._zones)
        form.addRow("Edge exclusion", self._edge)
        side = QVBoxLayout()
        side.setContentsMargins(14, 14, 14, 14)
        side.setSpacing(10)
        side.addLayout(form)
        side.addWidget(with_role(QLabel("Classes"), "heading"))
        side.addWidget(self._legend, 1)
        side.addWidget(self._counts)
        side.addWidget(with_role(QLabel("Defect"), "heading"))
        side.addWidget(self._defect)
        side.addWidget(self._review)
        side.addWidget(self._fit)
        panel = QWidget()
        panel.setFixedWidth(PANEL_PX)
        panel.setLayout(side)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._stack, 1)
        layout.addWidget(panel)


def _swatch(color: str) -> QIcon:
    pixmap = QPixmap(QSize(SWATCH_PX, SWATCH_PX))
    pixmap.fill(QColor(color))
    return QIcon(pixmap)
