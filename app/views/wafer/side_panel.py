"""Beside the map: which wafers and which zone are shown, the Pareto, and the chosen defect."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
)

from app.theme import Palette, with_role
from app.views.wafer.pareto_list import ParetoList

PANEL_PX = 320
EDGES_MM = (0.0, 1.0, 2.0, 3.0, 5.0, 10.0)
NO_DEFECT = "Click a dot to see its defect, double-click to review its image."


@dataclass(frozen=True, slots=True)
class LotLine:
    """A lot that could be laid on the one that is reviewed; `reason` says why it cannot."""

    lot_id: int
    name: str
    is_on: bool
    reason: str = ""


class SidePanel(QFrame):
    """Setters and wishes."""

    lot_toggled = Signal(int, bool)  # LotId
    wafer_chosen = Signal(int)  # place in the list, the stack being 0
    zone_chosen = Signal(str)
    edge_chosen = Signal(float)  # mm
    measure_chosen = Signal(str)
    review_requested = Signal()
    fit_requested = Signal()

    def __init__(
        self,
        zones: Sequence[tuple[str, str]],
        measures: Sequence[tuple[str, str, str]],
        bars: QAbstractListModel,
        palette: Palette,
    ) -> None:
        super().__init__()
        self.setFixedWidth(PANEL_PX)
        self.lots, self.lot_menu = QToolButton(), QMenu(self)
        self._lot_lines: tuple[LotLine, ...] = ()
        self.wafers, self.zones, self.edge = QComboBox(), QComboBox(), QComboBox()
        self.measures = QComboBox()
        self.pareto = ParetoList(bars, palette)
        self.note, self.counts = (
            with_role(QLabel(wordWrap=True), "muted"),
            with_role(QLabel(wordWrap=True), "muted"),
        )
        self.defect = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.review = with_role(QPushButton("Review this image"), "primary")
        self.fit = QPushButton("Whole wafer")
        self._fill(zones, measures)
        self._connect()
        self._lay_out()
        self.set_defect("", can_review=False)

    def set_lots(self, lines: Sequence[LotLine], summary: str) -> None:
        """Offer lots to lay on the reviewed one; the menu is made when it opens."""
        self._lot_lines = tuple(lines)
        self.lots.setText(summary)
        self.lots.setEnabled(bool(lines))

    def set_wafers(self, names: Sequence[str], chosen: int) -> None:
        """Offer wafers; the first name is that of the stack."""
        self.wafers.blockSignals(True)
        self.wafers.clear()
        self.wafers.addItems(list(names))
        self.wafers.setCurrentIndex(chosen)
        self.wafers.setEnabled(len(names) > 1)
        self.wafers.blockSignals(False)

    def set_zone(self, zone: str, edge_mm: float, *, is_known: bool) -> None:
        """Show zone and edge exclusion; without the wafer's size there is none to choose."""
        for box, value in ((self.zones, zone), (self.edge, edge_mm)):
            box.blockSignals(True)
            box.setCurrentIndex(box.findData(value))
            box.setEnabled(is_known)
            box.blockSignals(False)
        self.zones.setToolTip("" if is_known else "The file does not tell how large the wafer is.")

    def set_measure(self, measure: str, note: str) -> None:
        """Show what the bars are the measure of, and what is to be said of them."""
        self.measures.blockSignals(True)
        self.measures.setCurrentIndex(self.measures.findData(measure))
        self.measures.blockSignals(False)
        self.note.setText(note)

    def set_defect(self, text: str, *, can_review: bool) -> None:
        """What is known of the chosen defect."""
        self.defect.setText(text or NO_DEFECT)
        self.review.setEnabled(can_review)

    def _fill_lot_menu(self) -> None:
        self.lot_menu.clear()
        for line in self._lot_lines:
            action = self.lot_menu.addAction(line.name.replace("&", "&&") + line.reason)
            action.setCheckable(True)
            action.setChecked(line.is_on)
            action.setEnabled(not line.reason)
            action.toggled.connect(lambda on, lot_id=line.lot_id: self.lot_toggled.emit(lot_id, on))

    def _fill(self, zones: Sequence[tuple[str, str]], measures: Sequence[tuple[str, str, str]]) -> None:
        for zone, word in zones:
            self.zones.addItem(word, zone)
        for edge_mm in EDGES_MM:
            self.edge.addItem(f"{edge_mm:g} mm" if edge_mm else "none", edge_mm)
        for row, (measure, word, tip) in enumerate(measures):
            self.measures.addItem(word, measure)
            self.measures.setItemData(row, tip, Qt.ItemDataRole.ToolTipRole)
        self.edge.setToolTip("Width of the ring at the rim that is not counted")
        self.lots.setToolTip("Lay the wafers of other lots with the same dies on this one's")
        self.measures.setToolTip("\n".join(f"{word}: {tip}" for _, word, tip in measures))
        self.lots.setMenu(self.lot_menu)
        self.lots.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.lots.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.lot_menu.aboutToShow.connect(self._fill_lot_menu)

    def _connect(self) -> None:
        self.wafers.activated.connect(self.wafer_chosen)
        self.zones.activated.connect(lambda _row: self.zone_chosen.emit(self.zones.currentData()))
        self.edge.activated.connect(lambda _row: self.edge_chosen.emit(self.edge.currentData()))
        self.measures.activated.connect(lambda _row: self.measure_chosen.emit(self.measures.currentData()))
        self.review.clicked.connect(self.review_requested)
        self.fit.clicked.connect(self.fit_requested)
        boxes = (self.wafers, self.zones, self.edge, self.measures)
        for widget in (*boxes, self.lots, self.review, self.fit):
            widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for box in boxes:
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for word, box in (
            ("Lots", self.lots),
            ("Wafer", self.wafers),
            ("Zone", self.zones),
            ("Edge", self.edge),
        ):
            form.addRow(word, box)
        head = QHBoxLayout()
        head.addWidget(with_role(QLabel("Pareto"), "heading"))
        head.addWidget(self.measures, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.review, 1)
        buttons.addWidget(self.fit)
        side = QVBoxLayout(self)
        side.setContentsMargins(10, 12, 14, 12)
        side.setSpacing(8)
        side.addLayout(form)
        side.addWidget(self.counts)
        side.addLayout(head)
        side.addWidget(self.pareto, 1)
        side.addWidget(self.note)
        side.addWidget(with_role(QLabel("Defect"), "heading"))
        side.addWidget(self.defect)
        side.addLayout(buttons)
