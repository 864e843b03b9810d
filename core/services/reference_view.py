"""A reference as the image sees it, for the eye."""

from dataclasses import dataclass, replace

import numpy as np

from core.change.difference import registered_difference
from core.change.registration import warp_reference
from core.domain.alignment import Alignment
from core.domain.arrays import FloatArray, GrayImage
from core.domain.review import ReviewItem
from core.lots import read_gray

DIFFERENCE_RANGE = (0.0, 10.0)
"""Scale of the difference on the screen, in units of what the pair leaves where nothing has changed."""

_NOWHERE = Alignment(0.0, 0.0, 0.0, 0.0, is_trusted=False)


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceView:
    """One image's reference.

    Attributes:
        pixels: (H, W) of the specimen area, of the image's depth, with its mean and contrast; 0 where the reference
            does not reach. Shifted onto the image, or as it is where no alignment is known.
        difference: (H, W) float32, the registered difference without its sign; None where it was not asked for or no
            alignment is known.
    """

    pixels: GrayImage
    difference: FloatArray | None


def placement_of(item: ReviewItem) -> Alignment:
    """How an item lies on its reference: as the engineer says, else as the newest run found; not trusted if unknown."""
    found = item.alignment
    known = _NOWHERE if found is None or not found.is_trusted else found
    if item.choice.shift_xy is None or item.reference is None:
        return known
    dx, dy = item.choice.shift_xy
    is_compared = (known.dx, known.dy) == (dx, dy)
    confidence = known.confidence if is_compared else 0.0
    return replace(known, dx=dx, dy=dy, confidence=confidence, rival=0.0, is_trusted=True, is_by_hand=True)


def read_reference_view(item: ReviewItem, image: GrayImage, *, with_difference: bool) -> ReferenceView | None:
    """An item's reference; None where it has none.

    Args:
        item: the image.
        image: (H, W) its specimen area, native.
        with_difference: compute the difference too, which takes a second for 4 Mpx.

    Raises:
        UserError: the reference cannot be read.
    """
    if item.reference is None:
        return None
    reference = read_gray(item.reference)[: image.shape[0]]
    placement = placement_of(item)
    warped = warp_reference(reference, placement, (image.shape[0], image.shape[1]))
    difference = None
    if with_difference and placement.is_trusted:
        unit = image.astype(np.float32) / np.float32(np.iinfo(image.dtype).max)
        difference = np.abs(registered_difference(unit, warped))
    return ReferenceView(_like(image, warped), difference)


def _like(image: GrayImage, warped: FloatArray) -> GrayImage:
    """The warped reference with mean and contrast of the image, where both are."""
    there = np.isfinite(warped)
    shown = np.zeros(image.shape, np.float32)
    if there.any():
        theirs, ours = warped[there], image[there].astype(np.float32)
        gain = float(ours.std()) / max(float(theirs.std()), 1e-6)
        shown[there] = (theirs - theirs.mean()) * np.float32(gain) + ours.mean()
    top = float(np.iinfo(image.dtype).max)
    pixels: GrayImage = np.clip(np.rint(shown), 0, top).astype(image.dtype)  # type: ignore[assignment]
    return pixels
