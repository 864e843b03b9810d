"""What a run found of an image, whether or not a later run found something else."""

from dataclasses import dataclass

from core.domain.detections import Detection
from core.domain.ids import ImageId, RunId


@dataclass(frozen=True, slots=True)
class StoredResult:
    """One image's result of one run.

    Attributes:
        map_file, mask_file: names in the map store; empty where the image failed.
    """

    image_id: ImageId
    run_id: RunId
    detection: Detection
    map_file: str
    mask_file: str
