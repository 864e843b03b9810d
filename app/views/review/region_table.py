"""The regions of the current image, most anomalous first."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from app.views.review.words import size_text
from core.domain.maps import Region

TITLES = ("#", "Score", "Area px", "Size")
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
HEADER_PX, ROW_PX = 30, 24


class RegionTable(QTableWidget):
    """Choosing a row emphasises the region; a double click goes there."""

    region_chosen = Signal(int)
    region_requested = Signal(int)

    def __init__(self) -> None:
        super().__init__(0, len(TITLES))
        self.setHorizontalHeaderLabels(TITLES)
        self.verticalHeader().hide()
        self.horizontalHeader().setFixedHeight(HEADER_PX)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(RIGHT)
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setShowGrid(False)
        self.itemSelectionChanged.connect(lambda: self.region_chosen.emit(self.chosen_row()))
        self.cellDoubleClicked.connect(lambda row, _column: self.region_requested.emit(row))

    def set_regions(self, regions: Sequence[Region], nm_per_px: float | None) -> None:
        """List these; sizes are blank while the pixel size is not known."""
        self.blockSignals(True)
        self.clearSelection()
        self.setRowCount(len(regions))
        for row, region in enumerate(regions):
            size = "–" if nm_per_px is None else size_text(max(region.bbox_xywh[2:]) * nm_per_px)
            cells = (str(row + 1), f"{region.score:.3f}", f"{region.area_px:,}", size)
            for column, text in enumerate(cells):
                cell = QTableWidgetItem(text)
                cell.setTextAlignment(RIGHT)
                self.setItem(row, column, cell)
        self.blockSignals(False)

    def chosen_row(self) -> int:
        """The chosen row; -1 for none."""
        rows = self.selectionModel().selectedRows()
        return rows[0].row() if rows else -1
