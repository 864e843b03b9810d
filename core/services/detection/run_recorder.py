"""Keeps the results of one pass of a recipe over a lot, image by image."""

from types import TracebackType

from core.domain.detector import Detector
from core.domain.errors import JobCancelled
from core.domain.ids import ImageId, LotId, RunId
from core.domain.recipes import Recipe
from core.domain.review import RunState
from core.services.detection.comparing import Comparing
from core.services.detection.measuring import Measured
from core.services.workspace import Workspace


class RunRecorder:
    """A run of the history, open while this context manager is.

    It ends as finished, cancelled or failed, by the exception that leaves the block; what was kept stays.
    """

    def __init__(
        self,
        workspace: Workspace,
        lot_id: LotId,
        recipe: Recipe,
        detector: Detector,
        comparing: Comparing | None = None,
    ) -> None:
        models = [detector.identity] if comparing is None else [detector.identity, comparing.identity]
        self._workspace = workspace
        self._image_ids = {item.record.name: item.image_id for item in workspace.history.list_items(lot_id)}
        self.run_id: RunId = workspace.history.start_run(
            lot_id,
            recipe=recipe,
            model_id=" + ".join(model.model_id for model in models),
            model_sha256="+".join(model.sha256 for model in models),
            device=detector.device_text,
        )

    def __enter__(self) -> "RunRecorder":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            state = RunState.FINISHED
        else:
            state = RunState.CANCELLED if issubclass(kind, JobCancelled) else RunState.FAILED
        self._workspace.history.finish_run(self.run_id, state)

    def keep(self, measured: Measured) -> ImageId:
        """Write one result, map and mask first, so that no row names a file that is not there.

        Raises:
            UserError: the disk is full or cannot be written.
        """
        maps, image_id = self._workspace.maps, self._image_ids[measured.record.name]
        map_file = "" if measured.values is None else maps.save_map(measured.values)
        mask_file = "" if measured.mask is None else maps.save_mask(measured.mask)
        row = (image_id, measured.detection, map_file, mask_file)
        self._workspace.history.save_detections(self.run_id, [row])
        return image_id
