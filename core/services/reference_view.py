"""A reference as the image sees it, for the eye."""

from dataclasses import dataclass

import numpy as np

from core.change.difference import registered_difference
from core.change.registration import warp_reference
from core.domain.arrays import FloatArray, GrayImage
from core.domain.review import ReviewItem
from core.lots import read_gray


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
    placement = item.placement
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
