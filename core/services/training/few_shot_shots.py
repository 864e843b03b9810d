"""From labelled images to shots: pixels, masks and the guide's map at the size that the network sees."""

from collections.abc import Sequence

import cv2
import numpy as np

from core.domain.arrays import BoolArray, FloatArray, GrayImage
from core.domain.discovery import DEFECT_FREE
from core.domain.errors import UserError
from core.domain.lots import FailedImage
from core.few_shot.looking import guide_logits, resize_for
from core.few_shot.shots import Shot
from core.jobs import JobContext
from core.lots import read_gray
from core.services.detection.reading_ahead import read_specimen
from core.services.few_shot.labelled import LabelledImage
from core.services.few_shot.plan import FewShotPlan
from core.services.training.few_shot_start import FewShotStart


def read_shots(
    labelled: Sequence[LabelledImage], start: FewShotStart, plan: FewShotPlan, ctx: JobContext
) -> list[Shot]:
    """Shots in order; what cannot be read is emitted as a FailedImage.

    Raises:
        UserError: a class has nothing left to learn from.
        JobCancelled: between images.
    """
    shots = []
    for one in ctx.track(labelled, "reading the shots"):
        image = read_specimen(one.record, ctx)
        if isinstance(image, UserError):
            ctx.emit(FailedImage(one.record.path, one.record.name, str(image)))
        else:
            shots.append(_shot_of(one, image, start, plan, ctx))
    left = {shot.label for shot in shots}
    if missing := sorted({one.label for one in labelled} - left):
        raise UserError(f"None of the images of {', '.join(missing)} can be read.")
    return shots


def _shot_of(
    one: LabelledImage, image: GrayImage, start: FewShotStart, plan: FewShotPlan, ctx: JobContext
) -> Shot:
    guide: FloatArray | None = None
    if start.guide is not None:
        (guide,) = guide_logits(start.guide, [image], ctx.check)
    seen, seen_guide = resize_for(start.network, image, guide, plan.input_size)
    mask = None if one.label == DEFECT_FREE else _mask_of(one, image.shape, seen.shape)
    return Shot(one.record.name, seen, one.label, mask, seen_guide)


def _mask_of(one: LabelledImage, size_hw: tuple[int, ...], seen_hw: tuple[int, ...]) -> BoolArray | None:
    """The mask at the size that the network sees; any defective pixel counts, or thin defects would vanish.

    Raises:
        UserError: it is not of the image's size, or nothing is marked on it.
    """
    if one.mask is None:
        return None
    drawn = one.mask if isinstance(one.mask, np.ndarray) else read_gray(one.mask) > 0
    if drawn.shape[1] != size_hw[1] or drawn.shape[0] < size_hw[0]:
        raise UserError(
            f"The mask of {one.record.name} is {drawn.shape[1]} × {drawn.shape[0]} px, the image is not.",
            "Masks are drawn on the whole image, without scaling.",
        )
    drawn = drawn[: size_hw[0]]
    if not drawn.any():
        raise UserError(f"The mask of {one.record.name} marks nothing.", "Draw it, or leave it out.")
    if drawn.shape == seen_hw:
        return drawn.copy()
    share = cv2.resize(drawn.astype(np.float32), (seen_hw[1], seen_hw[0]), interpolation=cv2.INTER_AREA)
    mask: BoolArray = share > min(0.3, 0.5 * float(share.max()))
    return mask
