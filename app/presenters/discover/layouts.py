"""The two maps of a discovery: PCA at once, t-SNE in the background; both are kept while the window is open."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.job_runner import JobRunner, RunningJob
from core.domain.arrays import FloatArray
from core.jobs import JobContext
from core.services.discovery import embedding_map
from core.services.discovery.stored import OpenDiscovery

PCA, TSNE = "pca", "tsne"
LANE = "layout"  # its process takes a while; nobody else should wait for it


class MapLayouts(QObject):
    """Keyed by the file of the embeddings, which is all that a map depends on."""

    changed = Signal()

    def __init__(
        self, runner: JobRunner, report_failure: Callable[[BaseException], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._runner, self._report_failure = runner, report_failure
        self._kept: dict[tuple[str, str], FloatArray] = {}
        self._job: RunningJob | None = None
        self._working_on = ""
        self._wanted = PCA

    @property
    def wanted(self) -> str:
        """Which map the engineer asked for."""
        return self._wanted

    def want(self, name: str) -> None:
        """Show this one from now on, as soon as it is there."""
        self._wanted = name
        self.changed.emit()

    def places(self, opened: OpenDiscovery) -> tuple[str, FloatArray]:
        """The wanted map, or PCA while it is not ready; t-SNE is begun on the way."""
        file = opened.stored.origin.embeddings_file
        if (PCA, file) not in self._kept:
            self._kept[PCA, file] = embedding_map.project_pca(opened.unit)
        self._begin(opened)
        name = self._wanted if (self._wanted, file) in self._kept else PCA
        return name, self._kept[name, file]

    def is_ready(self, opened: OpenDiscovery) -> bool:
        """Whether t-SNE is there."""
        return (TSNE, opened.stored.origin.embeddings_file) in self._kept

    def hint(self, opened: OpenDiscovery) -> str:
        """What is said of t-SNE while it is not there."""
        if self.is_ready(opened):
            return ""
        if len(opened.unit) > embedding_map.MOST_POINTS:
            return f"t-SNE is made of up to {embedding_map.MOST_POINTS:,} crops"
        if len(opened.unit) < embedding_map.LEAST_POINTS:
            return f"t-SNE needs {embedding_map.LEAST_POINTS} crops"
        return "t-SNE is being laid out…" if self._job is not None else ""

    def _begin(self, opened: OpenDiscovery) -> None:
        file, count = opened.stored.origin.embeddings_file, len(opened.unit)
        possible = embedding_map.LEAST_POINTS <= count <= embedding_map.MOST_POINTS
        if not possible or self.is_ready(opened) or self._working_on == file:
            return
        if self._job is not None:
            self._job.cancel()
        self._working_on = file
        job = self._runner.start(partial(_lay_out, opened.unit), title="Lay the map out", lane=LANE)
        job.succeeded.connect(lambda places: self._keep(file, places))
        job.failed.connect(self._report_failure)
        job.finished.connect(lambda: self._on_finished(job))
        self._job = job

    def _keep(self, file: str, places: FloatArray) -> None:
        self._kept[TSNE, file] = places
        if self._wanted == PCA and self._working_on == file:
            self._wanted = TSNE  # it was made because nobody had it yet: show it when it is ready

    def _on_finished(self, job: RunningJob) -> None:
        if self._job is job:
            self._job = None
        self.changed.emit()


def _lay_out(unit: FloatArray, ctx: JobContext) -> FloatArray:
    return embedding_map.project_tsne(unit, ctx)
