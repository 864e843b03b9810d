"""The runs of the history's front door."""

from collections.abc import Sequence

from core.domain.ids import ImageId, LotId, RunId
from core.domain.recipes import Recipe
from core.domain.review import Run, RunState
from core.history import runs
from core.history.session import Session


class KeptRuns(Session):
    """Detection runs and what they found; each method is one transaction."""

    def start_run(
        self, lot_id: LotId, *, recipe: Recipe, model_id: str, model_sha256: str, device: str
    ) -> RunId:
        """Open a run with all that makes it reproducible."""
        with self._database.write() as connection:
            return runs.start_run(
                connection,
                lot_id,
                recipe=recipe,
                model_id=model_id,
                model_sha256=model_sha256,
                device=device,
                stamp=self._stamp(),
            )

    def save_detections(self, run_id: RunId, rows: Sequence[runs.DetectionRow]) -> None:
        """Store a batch of (image id, detection, map file, mask file)."""
        with self._database.write() as connection:
            runs.save_detections(connection, run_id, rows)

    def finish_run(self, run_id: RunId, state: RunState) -> None:
        """Close a run."""
        with self._database.write() as connection:
            runs.finish_run(connection, run_id, state, self._stamp())

    def run(self, run_id: RunId) -> Run:
        """The run with this id."""
        with self._database.read() as connection:
            return runs.find_run(connection, run_id)

    def output_files(self, image_id: ImageId) -> tuple[str, str] | None:
        """Names of the image's newest map and mask file in the map store; None when there are none."""
        with self._database.read() as connection:
            return runs.output_files(connection, image_id)
