"""What a search over all lots found, as a table."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt

from app.qt_models.records import Index, RecordsModel
from core.domain.decisions import Verdict
from core.domain.ids import ImageId
from core.domain.search import SearchHit
from core.domain.words import VERDICT_WORDS

TITLES = ("Image", "Lot", "Verdict", "Class", "Note", "Reviewer")
_CELLS: tuple[Callable[[SearchHit], str], ...] = (
    lambda hit: hit.image_name,
    lambda hit: hit.lot_name,
    lambda hit: VERDICT_WORDS[Verdict(hit.verdict)] if hit.verdict else "",
    lambda hit: hit.class_name,
    lambda hit: hit.note,
    lambda hit: hit.reviewer,
)


class SearchHitsModel(RecordsModel[SearchHit]):
    """Rows are frozen SearchHit records."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(TITLES, (), parent)

    def identity(self, record: SearchHit) -> ImageId:
        """The image's id."""
        return record.image_id

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text; a tip for what is cut off."""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return _CELLS[index.column()](self.records[index.row()])
        return None
