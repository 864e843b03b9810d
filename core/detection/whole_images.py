"""From images of any size to logit maps: tiles out, forward passes by size, tiles back."""

from collections.abc import Callable, Sequence

import numpy as np

from core.detection.tiling import blend, tiles_of
from core.domain.arrays import FloatArray

ScoreWindows = Callable[[list[FloatArray]], list[FloatArray]]
"""Standardised (h, w) windows of one size to (h, w) logit maps, in order."""


def score_whole_images(images: Sequence[FloatArray], score_windows: ScoreWindows) -> list[FloatArray]:
    """Logit maps of standardised images, (H, W) each; windows of one size go together."""
    tiles = [tiles_of(pixels.shape) for pixels in images]
    windows = [
        np.ascontiguousarray(tile.of(pixels))
        for pixels, own in zip(images, tiles, strict=True)
        for tile in own
    ]
    logits = iter(_in_order(windows, score_windows))
    return [
        blend([next(logits) for _ in own], own, pixels.shape)
        for pixels, own in zip(images, tiles, strict=True)
    ]


def _in_order(windows: list[FloatArray], score_windows: ScoreWindows) -> list[FloatArray]:
    logits: dict[int, FloatArray] = {}
    by_size: dict[tuple[int, ...], list[int]] = {}
    for index, window in enumerate(windows):
        by_size.setdefault(window.shape, []).append(index)
    for members in by_size.values():
        scored = score_windows([windows[index] for index in members])
        logits.update(zip(members, scored, strict=True))
    return [logits[index] for index in range(len(windows))]
