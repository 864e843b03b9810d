"""Reads a lot's rows in the background, never older than what was decided or measured meanwhile."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.job_runner import JobRunner
from app.presenters.review.loader import LANE
from app.presenters.review.services import ReviewServices
from core.domain.ids import ImageId, LotId
from core.domain.review import ReviewItem
from core.jobs import JobContext

if TYPE_CHECKING:
    from core.services.detection.lot import DetectedImage

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
        self._decisions = self._reading = 0
        self._arrived: dict[ImageId, DetectedImage] = {}

    def read(self, lot_id: LotId) -> None:
        """Read a lot."""
        self._wanted, decisions = lot_id, self._decisions

        def read(_ctx: JobContext) -> LotRows:
            return self._services.read_lot(lot_id)

        running = self._runner.start(read, title="List images", lane=LANE)
        running.failed.connect(self.read_failed)
        running.succeeded.connect(lambda rows: self._deliver(lot_id, rows, decisions))
        running.finished.connect(self._on_finished)
        self._reading += 1

    def note_decision(self) -> None:
        """Rows that are being read now may not know of it."""
        self._decisions += 1

    def note_results(self, found: Iterable["DetectedImage"]) -> None:
        """Nor of these."""
        if self._reading:
            self._arrived.update((one.image_id, one) for one in found)

    def _deliver(self, lot_id: LotId, rows: LotRows, decisions: int) -> None:
        if lot_id != self._wanted:
            return
        if decisions != self._decisions:
            self.read(lot_id)
        else:
            items, left_at = rows
            self.read_finished.emit(tuple(self._as_measured(item) for item in items), left_at)

    def _as_measured(self, item: ReviewItem) -> ReviewItem:
        newer = self._arrived.get(item.image_id)
        return item if newer is None else replace(item, detection=newer.detection, run_id=newer.run_id)

    def _on_finished(self) -> None:
        self._reading -= 1
        if not self._reading:
            self._arrived.clear()
