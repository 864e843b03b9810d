"""Remembers where the review stands, without a write for every row that flies past."""

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from app.job_runner import JobRunner
from app.presenters.review.loader import LANE
from app.presenters.review.services import ReviewServices
from core.domain.errors import UserError
from core.domain.ids import ImageId, LotId
from core.jobs import JobContext

SETTLED_MS = 400

_log = logging.getLogger(__name__)


class PositionKeeper(QObject):
    """Writes the position once the cursor has rested, on a worker."""

    def __init__(
        self,
        services: ReviewServices,
        runner: JobRunner,
        report_failure: Callable[[BaseException], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._services, self._runner, self._report_failure = services, runner, report_failure
        self._position: tuple[LotId, ImageId] | None = None
        self._timer = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._timer.timeout.connect(self._write)

    def move(self, lot_id: LotId, image_id: ImageId) -> None:
        """The cursor is here now."""
        self._position = (lot_id, image_id)
        self._timer.start()

    def leave_for(self, lot_id: LotId) -> None:
        """Another lot is opened, or the same one anew, at an image that somebody named after the last move."""
        if self._position is not None and self._position[0] == lot_id:
            self._timer.stop()
            self._position = None
        self.flush()

    def flush(self) -> None:
        """Write at once what is not written yet, on the calling thread.

        A place that cannot be kept is reported and no more: the lot opens at its old place, nothing is lost.
        """
        self._timer.stop()
        if self._position is None:
            return
        position, self._position = self._position, None
        try:
            self._services.remember_position(*position)
        except UserError as error:
            _log.warning("The place in the lot was not kept: %s", error)  # at closing nobody sees the banner
            self._report_failure(error)

    def _write(self) -> None:
        if self._position is None:
            return
        position, self._position = self._position, None

        def remember(_ctx: JobContext) -> None:
            self._services.remember_position(*position)

        running = self._runner.start(remember, title="Remember position", lane=LANE)
        running.failed.connect(self._report_failure)
