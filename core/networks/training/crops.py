"""Where training crops are cut, and how they are turned: the same for single images and for pairs."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import BoolArray

_INSET = 0.08
"""A marked place lies at least this share of the crop from its border."""


def place_crop(mask: BoolArray, side: int, rng: np.random.Generator) -> tuple[slice, slice]:
    """Rows and columns of a crop: anywhere, or where the mask is set somewhere so that such a place lies inside.

    Args:
        mask: (H, W), at least as large as the crop.
        side: of the crop, px.
        rng: draws the place.
    """
    room_y, room_x = mask.shape[0] - side, mask.shape[1] - side
    ys, xs = np.nonzero(mask)
    if len(ys):
        pick = int(rng.integers(len(ys)))
        margin = rng.uniform(_INSET, 1 - _INSET, 2) * side
        top = int(np.clip(int(ys[pick] - margin[0]), 0, room_y))
        left = int(np.clip(int(xs[pick] - margin[1]), 0, room_x))
    else:
        top, left = int(rng.integers(room_y + 1)), int(rng.integers(room_x + 1))
    return slice(top, top + side), slice(left, left + side)


def turn_alike(parts: Sequence[NDArray[Any]], rng: np.random.Generator) -> list[NDArray[Any]]:
    """The same random quarter turn and flip of each part, (H, W) or (H, W, C)."""
    turns, flip = int(rng.integers(4)), bool(rng.integers(2))
    turned = [np.rot90(part, turns) for part in parts]
    return [np.ascontiguousarray(part[:, ::-1] if flip else part) for part in turned]
