"""Reads a lot's rows in the background, never older than what the engineer has decided."""

from PySide6.QtCore import QObject, Signal

from app.job_runner import JobRunner
from app.presenters.review.loader import LANE
from app.presenters.review.services import ReviewServices
from core.domain.ids import ImageId, LotId
from core.domain.review import ReviewItem
from core.jobs import JobContext

LotRows = tuple[tuple[ReviewItem, ...], ImageId | None]


class LotReader(QObject):
    """Only the lot asked for last is delivered."""

    read_finished = Signal(
        object, object
    )  # tuple[ReviewItem, ...], ImageId | None: where the review was left
    read_failed = Signal(object)  # Exception

    def __init__(self, services: ReviewServices, runner: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._services, self._runner = services, runner
        self._wanted: LotId | None = None
        self._decisions = 0

    def read(self, lot_id: LotId) -> None:
        """Read a lot."""
        self._wanted, decisions = lot_id, self._decisions

        def read(_ctx: JobContext) -> LotRows:
            return self._services.read_lot(lot_id)

        running = self._runner.start(read, title="List images", lane=LANE)
        running.failed.connect(self.read_failed)
        running.succeeded.connect(lambda rows: self._deliver(lot_id, rows, decisions))

    def note_decision(self) -> None:
        """Rows that are being read now may not know of it."""
        self._decisions += 1

    def _deliver(self, lot_id: LotId, rows: LotRows, decisions: int) -> None:
        if lot_id != self._wanted:
            return
        if decisions != self._decisions:
            self.read(lot_id)
        else:
            self.read_finished.emit(*rows)
