"""Where a few-shot model is cut, and what its head may say of an image's score."""

from collections.abc import Sequence
from functools import partial

from core.detection.training.cuts import cuts_from_normals
from core.domain.arrays import BoolArray, FloatArray
from core.domain.maps import ScoreMap
from core.domain.recipes import SegmentationOptions
from core.few_shot.card import FewShotCalibration, FewShotModel
from core.few_shot.shots import Shot
from core.few_shot.training.calibrate import calibrate
from core.segmentation import segment
from core.services.training.few_shot_work import FewShotWork

AUGMENTED = "augmented shots of the training"
CLASS_WEIGHT = 0.5


def calibrate_on(
    work: FewShotWork,
    model: FewShotModel,
    expected: float,
    shots: Sequence[Shot],
    text_weight: float = 0.0,
) -> FewShotCalibration:
    """Cuts and floor from shots, as they are and augmented.

    Args:
        model: trained.
        expected: of its head, accuracy on shots that it did not see.
        shots: that it did not learn from, where there are such.
        text_weight: t, of the classes' texts.
    """
    return calibrate(
        model,
        work.classes,
        shots,
        FewShotCalibration(class_weight=weight_of_head(expected, len(work.classes)), text_weight=text_weight),
        cuts_from_normals,
        partial(_binarize, options=SegmentationOptions()),
        seed=work.plan.seed,
        device=work.device,
        ctx=work.ctx,
    )


def weight_of_head(expected: float, classes: int) -> float:
    """What the head may say of the image's score: nothing if it only guesses, CLASS_WEIGHT if it never errs.

    Args:
        expected: accuracy on shots that it did not see.
        classes: how many there are, the defect-free one included.
    """
    chance = 1 / classes
    return CLASS_WEIGHT * min(max(expected - chance, 0.0) / (1 - chance), 1.0)


def _binarize(values: FloatArray, floor: float, options: SegmentationOptions) -> BoolArray:
    mask, _ = segment(ScoreMap(values, 1.0), options, floor=floor)
    return mask.pixels
