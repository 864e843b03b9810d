"""Batches of augmented shots, some with a defect of another shot pasted in."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from core.domain.arrays import FloatArray
from core.few_shot.shots import Shot
from core.few_shot.training.augment import View, view_of
from core.networks.training.crops import place_crop

_CLEAN = 0.3  # of the views are of shots without a defect
_PASTED = 0.5  # of the views get a defect of another shot
_MARGIN_PX = 6
_RIM_PX = 2  # of its surroundings that a pasted defect brings along
_RIM_BLUR_PX = 1.2
_MULTIPLE = 16


def crop_side(shots: Sequence[Shot], most: int) -> int:
    """Side of the crops in px: as large as all shots allow."""
    shortest: int = min(min(shot.pixels.shape) for shot in shots)
    return max(min(shortest, most) // _MULTIPLE, 1) * _MULTIPLE


def batches_of(
    shots: Sequence[Shot], *, side: int, batch: int, seed: int
) -> Callable[[int], tuple[Tensor, Tensor]]:
    """What draws the batch of a step from the shots whose truth is known; it depends on seed and step alone.

    Args:
        shots: defective ones with a mask, and defect-free ones.
        side: of the square crops, px, at most that of the smallest shot.
        batch: crops a step.

    Returns:
        A function from a step to (B, 1, side, side) float32 standardised images and (B, side/2, side/2) masks.
    """
    clean = [shot for shot in shots if shot.is_normal]
    marked = [shot for shot in shots if shot.mask is not None]

    def draw(step: int) -> tuple[Tensor, Tensor]:
        rng = np.random.default_rng([seed, step])
        views = [_draw_one(clean, marked, side, rng) for _ in range(batch)]
        images, masks = (torch.from_numpy(np.stack(part))[:, None] for part in zip(*views, strict=True))
        return images, F.avg_pool2d(masks, 2)[:, 0]

    return draw


def _draw_one(
    clean: Sequence[Shot], marked: Sequence[Shot], side: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    pool = clean if rng.random() < _CLEAN else marked
    view = view_of(pool[int(rng.integers(len(pool)))], rng)
    if rng.random() < _PASTED:
        view = paste_defect(view, view_of(marked[int(rng.integers(len(marked)))], rng), rng)
    window = place_crop(view.mask, side, rng)
    return np.ascontiguousarray(view.pixels[window]), view.mask[window].astype(np.float32)


def paste_defect(view: View, donor: View, rng: np.random.Generator) -> View:
    """The donor's defect with a soft rim of its surroundings, anywhere on the view; the guide stays.

    Args:
        view: left as it is where the donor's defect was moved out of its image or is larger than the view.
        donor: another shot's view.
        rng: draws the place.
    """
    if not donor.mask.any():
        return view
    box = _box_of(donor)
    mask = donor.mask[box]
    room_y, room_x = view.mask.shape[0] - mask.shape[0], view.mask.shape[1] - mask.shape[1]
    if min(room_y, room_x) < 0:
        return view
    top, left = int(rng.integers(room_y + 1)), int(rng.integers(room_x + 1))
    place = np.s_[top : top + mask.shape[0], left : left + mask.shape[1]]
    grown = cv2.dilate(mask.astype(np.float32), np.ones((2 * _RIM_PX + 1,) * 2, np.uint8))
    share = cv2.GaussianBlur(grown, (0, 0), _RIM_BLUR_PX)
    pixels, marks = view.pixels.copy(), view.mask.copy()
    pixels[place] += share * (donor.pixels[box] - pixels[place])
    marks[place] |= mask
    return View(pixels, marks, view.guide)


def _box_of(donor: View) -> tuple[slice, slice]:
    rows, columns = (np.flatnonzero(donor.mask.any(axis=axis)) for axis in (1, 0))
    return tuple(
        slice(max(int(found[0]) - _MARGIN_PX, 0), int(found[-1]) + 1 + _MARGIN_PX)
        for found in (rows, columns)
    )  # type: ignore[return-value]
