"""Which normal images are learned from and which are held back, and their pixels."""

from collections.abc import Iterator, Sequence

import numpy as np

from core.domain.arrays import GrayImage
from core.domain.errors import UserError
from core.domain.lots import FailedImage, ImageRecord
from core.jobs import JobContext
from core.services.detection.reading_ahead import read_specimen
from core.services.training.vad_plan import VadPlan

_LEAST_IMAGES = 4
_MOST_HELD_BACK = 128


def split_normals(
    records: Sequence[ImageRecord], plan: VadPlan
) -> tuple[list[ImageRecord], list[ImageRecord]]:
    """Images to learn from, and images held back; by the seed and the images' content.

    Raises:
        UserError: there are too few.
    """
    if len(records) < _LEAST_IMAGES:
        raise UserError(
            f"{plan.method} needs at least {_LEAST_IMAGES} different defect-free images; there are {len(records)}.",
            "Add images, or use the default detector, which needs none.",
        )
    count = min(max(2, round(len(records) * plan.held_back)), len(records) // 2, _MOST_HELD_BACK)
    order = np.random.default_rng(plan.seed).permutation(len(records))
    shuffled = [records[index] for index in order]
    return shuffled[count:], shuffled[:count]


def read_specimens(records: Sequence[ImageRecord], ctx: JobContext) -> Iterator[GrayImage]:
    """The specimen areas, one at a time; what vanished meanwhile is emitted.

    Raises:
        UserError: none is left.
    """
    read = 0
    for record in ctx.track(records, "reading normal images"):
        image = read_specimen(record, ctx)
        if isinstance(image, UserError):
            ctx.emit(FailedImage(record.path, record.name, str(image)))
        else:
            read += 1
            yield image
    if not read:
        raise UserError("None of the images could be read.", "Check that the files are still there.")
