"""What a training on one's own images works with, and all that decides its outcome."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.detection.training.start import Start, begin_training, usable_evidence
from core.domain.lots import ImageRecord
from core.domain.recipes import Recipe
from core.jobs import JobContext
from core.networks.device import pick_device
from core.networks.preprocess import MIN_SIDE
from core.networks.training.plan import Plan
from core.services.detection.normal_images import NormalImages, read_normal_images, without_cuts
from core.services.training.normal_squares import Split, Squares, read_squares, split_normals

_TOKENS_A_SIDE = 4  # fewer leave nothing to compare a place with


@dataclass(frozen=True, slots=True)
class DetectorWork:
    """A training under way.

    Attributes:
        recipe: on its weights' own calibration, with the evidence that the network can give.
        out: the weights that it will make.
    """

    recipe: Recipe
    start: Start
    normals: NormalImages
    split: Split
    squares: Squares
    out: Path
    device_name: str
    ctx: JobContext

    @property
    def crop(self) -> int:
        """Side of the training crops in px: what the recipe wants and the images hold, a multiple of the stride."""
        stride = self.start.network.backbone.stride
        return min(self.recipe.training.crop // stride * stride, self.squares.side)


def prepare_work(
    source: Path | Sequence[Path], out: Path, recipe: Recipe, device_name: str, ctx: JobContext
) -> DetectorWork:
    """Load what the training starts from, read the images and split them.

    Raises:
        UserError: there is nothing to train on or to start from, or no such device.
        JobCancelled: between images.
    """
    pick_device(device_name)  # before minutes are spent on reading
    start = begin_training(recipe.detector, recipe.training)
    evidence = usable_evidence(start.network, recipe.detector.evidence)
    detector = recipe.detector.model_copy(update={"evidence": evidence})
    stride, size = start.network.backbone.stride, detector.input_size
    min_side = max(MIN_SIDE, _TOKENS_A_SIDE * stride)
    normals = read_normal_images(source, ctx, min_side=min_side, input_size=size)
    options = recipe.training
    split = split_normals(
        normals.records, options.held_back, options.seed, min_side=min_side, input_size=size
    )
    squares = read_squares(split, stride, size, options.seed, ctx)
    own = without_cuts(recipe).model_copy(update={"detector": detector})
    return DetectorWork(own, start, normals, split, squares, out, device_name, ctx)


def plan_of(work: DetectorWork) -> Plan:
    """All that decides the outcome: files by their bytes, not by their names."""
    spec = work.start.network.spec
    origin = {name: value for name, value in work.start.origin.items() if name != "start_from"}
    return {
        **origin,
        **work.recipe.training.model_dump(),
        "normal_tokens": spec.normal_tokens,
        "attention_heads": spec.attention_heads,
        "groups": spec.groups,
        "crop": work.crop,
        "input_size": work.recipe.detector.input_size or "",
        "images": len(work.split.trained),
        "images_sha256": _digest(work.split.trained),
    }


def _digest(records: Sequence[ImageRecord]) -> str:
    lines = sorted(f"{record.sha256} {record.page}" for record in records)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
