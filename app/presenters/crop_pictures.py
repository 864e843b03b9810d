"""Pictures of crops, read off the main thread as they are painted."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.job_runner import JobRunner, RunningJob
from app.qt_models.review_queue import to_image
from core.domain.ids import CropId
from core.jobs import JobContext

LANE = "display"
PICTURES_KEPT = 4000  # of 96 px: about 40 MB
WANTED_AT_MOST = 150

ReadPicture = Callable[[CropId], NDArray[np.uint8] | None]


class CropPictureLoader(QObject):
    """Hands out pictures that are there and fetches those that are asked for; of a fast scroll only the last ones."""

    picture_loaded = Signal(object)  # CropId

    def __init__(
        self,
        read: ReadPicture,
        runner: JobRunner,
        report_failure: Callable[[BaseException], None],
        parent: QObject | None = None,
        *,
        kept: int = PICTURES_KEPT,
    ) -> None:
        super().__init__(parent)
        self._kept = kept
        self._read, self._runner, self._report_failure = read, runner, report_failure
        self._held: OrderedDict[CropId, QImage | None] = OrderedDict()
        self._wanted: OrderedDict[CropId, None] = OrderedDict()
        self._lock = Lock()
        self._job: RunningJob | None = None

    def picture(self, number: int) -> QImage | None:
        """The picture of a crop's id; None while it is not there, which wishes for it, or where there is none."""
        crop_id = CropId(number)
        if crop_id in self._held:
            self._held.move_to_end(crop_id)
            return self._held[crop_id]
        with self._lock:
            self._wanted[crop_id] = None
            self._wanted.move_to_end(crop_id)
            while len(self._wanted) > WANTED_AT_MOST:
                self._wanted.popitem(last=False)
        self._ensure_running()
        return None

    def _ensure_running(self) -> None:
        if self._job is None:
            self._job = self._runner.start(self._load_wishes, title="Load crops", lane=LANE)
            self._job.partial.connect(self._keep)
            self._job.failed.connect(self._report_failure)
            self._job.finished.connect(self._on_finished)

    def _load_wishes(self, ctx: JobContext) -> None:
        while (crop_id := self._take()) is not None:
            ctx.check()
            ctx.emit((crop_id, self._read(crop_id)))

    def _take(self) -> CropId | None:
        with self._lock:
            return self._wanted.popitem(last=False)[0] if self._wanted else None

    def _keep(self, loaded: tuple[CropId, NDArray[np.uint8] | None]) -> None:
        crop_id, pixels = loaded
        self._held[crop_id] = None if pixels is None else to_image(pixels)
        while len(self._held) > self._kept:
            self._held.popitem(last=False)
        self.picture_loaded.emit(crop_id)

    def _on_finished(self) -> None:
        self._job = None
        with self._lock:
            pending = bool(self._wanted)
        if pending:
            self._ensure_running()
