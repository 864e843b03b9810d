"""User action → service or job, with success and failure wired to the notice board."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from app.device_text import AUTO_DEVICE
from app.events import DiscoveryChanged, Events, ImagesDetected, LotChanged, RecipesChanged
from app.garbage import loading_libraries
from app.job_runner import JobRunner, RunningJob
from app.messages import Message
from core.domain.ids import DiscoveryId, ImageId, LotId, RunId
from core.domain.recipes import Recipe
from core.domain.review import LotSummary
from core.jobs import Job, JobContext
from core.services.lots import list_lots, open_lot
from core.services.recipes import current_recipe
from core.services.workspace import Workspace

ReportFormat = Literal["csv", "xlsx", "html", "pdf", "coco", "zip"]
GPU_LANE = "gpu"
IO_LANE = "io"


class Operations(QObject):
    """What the user can ask for, whichever screen asks."""

    devices_known = Signal(object)  # dict[str, str]: id and name, the fastest first
    device_chosen = Signal(str)
    detecting_changed = Signal()  # what `can_detect` and `can_discover` say may be different now

    def __init__(
        self,
        workspace: Workspace,
        runner: JobRunner,
        events: Events,
        report_failure: Callable[[BaseException], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._runner, self._events = workspace, runner, events
        self._report_failure = report_failure
        self._detecting: set[LotId] = set()
        self._discovering: set[LotId] = set()
        self.device = AUTO_DEVICE

    def open_source(self, source: Path | Sequence[Path]) -> RunningJob:
        """Load a folder, a manifest or a list of files, show it, and measure it if it is new."""
        name = source.name if isinstance(source, Path) else f"{len(source)} files"
        job = partial(open_lot, self._workspace, source)
        return self._start(job, f"Open {name}", IO_LANE, self._on_lot_opened)

    def write_demo_lot(self, folder: Path) -> RunningJob:
        """Draw the demo lot into a folder and open it."""
        return self._start(partial(_write_demo_lot, folder), "Write demo lot", IO_LANE, self.open_source)

    def can_detect(self, lot_id: LotId | None) -> bool:
        """Whether a detection may start: the lot is there and not being measured already."""
        return lot_id is not None and lot_id not in self._detecting

    @property
    def detecting(self) -> frozenset[LotId]:
        """The lots that are being measured."""
        return frozenset(self._detecting)

    def detect(self, lot_id: LotId, only: frozenset[ImageId] = frozenset()) -> RunningJob:
        """Measure the images of a lot (all, or only some again); results show up as they come."""
        self._detecting.add(lot_id)
        self.detecting_changed.emit()
        job = partial(_detect_lot, self._workspace, lot_id, self.device, only)
        subject = f"{len(only):,} of " if only else ""
        running = self._start(job, f"Detect {subject}{self._summary(lot_id).name}", GPU_LANE)
        batches = DetectedBatches(self._events, lot_id, self)
        running.partial.connect(batches.take)
        running.finished.connect(lambda: self._on_detection_ended(lot_id, batches))
        return running

    def can_discover(self, lot_id: LotId | None) -> bool:
        """Whether a grouping may start: the lot is there, and neither measured nor grouped just now."""
        return self.can_detect(lot_id) and lot_id not in self._discovering

    @property
    def discovering(self) -> frozenset[LotId]:
        """The lots whose defects are being grouped."""
        return frozenset(self._discovering)

    def discover(self, lot_id: LotId) -> RunningJob:
        """Group the defects of a lot; its named groups are the known classes."""
        self._discovering.add(lot_id)
        self.detecting_changed.emit()
        job = partial(_discover_lot, self._workspace, lot_id, self.device)
        running = self._start(job, f"Discover {self._summary(lot_id).name}", GPU_LANE)
        running.finished.connect(lambda: self._on_discovery_ended(lot_id))
        return running

    def fit_embedding(self, lot_id: LotId) -> RunningJob:
        """Fit what describes defects to those of a lot, and group them again by it."""
        self._discovering.add(lot_id)
        self.detecting_changed.emit()
        job = partial(_fit_embedding, self._workspace, lot_id, self.device)
        running = self._start(job, f"Fit the grouping to {self._summary(lot_id).name}", GPU_LANE)
        running.succeeded.connect(lambda recipe: self._on_fitted(lot_id, recipe))
        running.failed.connect(lambda _error: self._on_discovery_ended(lot_id))
        running.cancelled.connect(lambda: self._on_discovery_ended(lot_id))
        return running

    def export(self, lot_id: LotId, file_format: ReportFormat, out: Path) -> RunningJob:
        """Write a report of a lot."""
        job = partial(_export_lot, self._workspace, lot_id, file_format, out)
        return self._start(job, f"Export {out.name}", IO_LANE, self._on_exported)

    def find_devices(self) -> RunningJob:
        """Ask which devices can measure; imports torch, in the worker."""
        return self._start(_list_devices, "Look for devices", GPU_LANE, self.devices_known.emit)

    def choose_device(self, device: str) -> None:
        """Measure on this device from now on ("auto" takes the best)."""
        self.device = device
        self.device_chosen.emit(device)

    def _start(
        self, job: Job[Any], title: str, lane: str, on_success: Callable[..., object] | None = None
    ) -> RunningJob:
        running = self._runner.start(job, title=title, lane=lane)
        running.failed.connect(self._report_failure)
        if on_success is not None:
            running.succeeded.connect(on_success)
        return running

    def _summary(self, lot_id: LotId) -> LotSummary:
        return next(lot for lot in list_lots(self._workspace) if lot.id == lot_id)

    def _on_lot_opened(self, lot_id: LotId) -> None:
        self._events.changed.emit(LotChanged(lot_id), self)
        self._events.lot_requested.emit(lot_id)
        summary = self._summary(lot_id)
        if summary.detected == 0 and summary.images > 0 and self.can_detect(lot_id):
            self.detect(lot_id)

    def _on_detection_ended(self, lot_id: LotId, batches: "DetectedBatches") -> None:
        batches.flush()
        batches.deleteLater()
        self._detecting.discard(lot_id)
        self.detecting_changed.emit()
        self._events.changed.emit(LotChanged(lot_id), self)

    def _on_discovery_ended(self, lot_id: LotId) -> None:
        self._discovering.discard(lot_id)
        self.detecting_changed.emit()
        self._events.changed.emit(DiscoveryChanged(lot_id), self)

    def _on_fitted(self, lot_id: LotId, recipe: Recipe) -> None:
        name = f"{recipe.name}, version {recipe.version}"
        self._events.changed.emit(RecipesChanged(), self)
        self._events.notice.emit(Message(f"Recipe {name} groups by what this lot taught.", is_error=False))
        self.discover(lot_id)

    def _on_exported(self, out: Path) -> None:
        self._events.notice.emit(Message(f"The report is in {out}", is_error=False, path=out))


class DetectedBatches(QObject):
    """Gathers what one turn of the event loop brings: a fast device delivers dozens of results per poll."""

    def __init__(self, events: Events, lot_id: LotId, parent: QObject) -> None:
        super().__init__(parent)
        self._events, self._lot_id = events, lot_id
        self._waiting: list[object] = []
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self.flush)

    def take(self, detected: object) -> None:
        """Keep a result until the event loop turns."""
        self._waiting.append(detected)
        self._timer.start()

    def flush(self) -> None:
        """Tell everybody about the results so far."""
        self._timer.stop()
        if self._waiting:
            batch, self._waiting = tuple(self._waiting), []
            self._events.changed.emit(ImagesDetected(self._lot_id, batch), self.parent())


# What only a job needs is imported by the job: torch takes seconds, and the window must not wait for it.


def _detect_lot(
    workspace: Workspace, lot_id: LotId, device: str, only: frozenset[ImageId], ctx: JobContext
) -> RunId:
    from core.services.detection.lot import detect_lot

    return detect_lot(workspace, lot_id, current_recipe(workspace), device, ctx, only)


def _discover_lot(workspace: Workspace, lot_id: LotId, device: str, ctx: JobContext) -> DiscoveryId:
    from core.services.discovery.lot import discover_lot

    return discover_lot(workspace, lot_id, current_recipe(workspace), device, ctx)


def _fit_embedding(workspace: Workspace, lot_id: LotId, device: str, ctx: JobContext) -> Recipe:
    from core.services.training.fit_to_lot import fit_embedding_to_lot

    return fit_embedding_to_lot(workspace, lot_id, current_recipe(workspace), device, ctx)


def _list_devices(_ctx: JobContext) -> dict[str, str]:
    from core.services.detection.lot import import_detector, list_devices

    with loading_libraries():
        import_detector()  # the first detection need not wait for it
    return list_devices()


def _write_demo_lot(folder: Path, ctx: JobContext) -> Path:
    from core.services.demo import write_demo_lot

    return write_demo_lot(folder, ctx)


def _export_lot(
    workspace: Workspace, lot_id: LotId, file_format: ReportFormat, out: Path, ctx: JobContext
) -> Path:
    from core.services.reports import export_lot

    return export_lot(workspace, lot_id, file_format, out, ctx)
