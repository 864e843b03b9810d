"""Two patterns that abut in one image: array beside logic, chip edge beside open ground."""

from dataclasses import replace
from itertools import zip_longest

import cv2
import numpy as np

from core.synthesis.drawing import Frame, draw_boxes
from core.synthesis.layout import ByteArray, Layer, Layout
from core.synthesis.randomness import Rng, chance, uniform

SMALL_SHAPE_SHARE = 0.008


def random_region(rng: Rng, frame: Frame) -> ByteArray:
    """(H, W) uint8, 255 where the second pattern lies: a half, a corner or a window."""
    width, height = frame.extent_wh
    x, y = width * uniform(rng, 0.25, 0.75), height * uniform(rng, 0.25, 0.75)
    box = [(x, -9.0, width + 9, height + 9), (-9.0, y, width + 9, height + 9), (x, y, width + 9, height + 9)]
    mask = frame.blank()
    draw_boxes(mask, frame, [box[int(rng.integers(3))]])
    return mask


def abut(first: Layout, second: Layout, region: ByteArray, rng: Rng) -> Layout:
    """The first layout outside the region and the second one inside; materials are the first's."""
    moat = cv2.dilate(region, np.ones((3, 3), np.uint8), iterations=int(uniform(rng, 1, 8)))
    pairs = zip_longest(first.layers, second.layers)
    layers = tuple(_join(one, other, moat, region) for one, other in pairs)
    return replace(first, layers=layers, pitch_px=min(first.pitch_px, second.pitch_px), cuts=())


def clear(layout: Layout, region: ByteArray) -> Layout:
    """The layout with nothing drawn inside the region: open ground."""
    layers = tuple(replace(layer, mask=_outside(layer.mask, region)) for layer in layout.layers)
    return replace(layout, layers=layers, cuts=())


def _join(one: Layer | None, other: Layer | None, moat: ByteArray, region: ByteArray) -> Layer:
    if one is None:
        if other is None:
            raise ValueError("nothing to join")
        return replace(other, mask=_outside(other.mask, cv2.bitwise_not(region)))
    mask = _outside(one.mask, moat)
    if other is None:
        return replace(one, mask=mask)
    mask = cv2.bitwise_or(mask, _outside(other.mask, cv2.bitwise_not(region)))
    rounding = min(one.rounding_px, other.rounding_px)
    sidewall = min(one.sidewall_px, other.sidewall_px, 2.2 * rounding)
    return replace(one, mask=mask, rounding_px=rounding, sidewall_px=sidewall)


def _outside(mask: ByteArray, region: ByteArray) -> ByteArray:
    """The mask outside the region; small shapes that the border would cut go altogether, as designers do."""
    drawn = (mask > 127).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(drawn, connectivity=4)
    touched = np.unique(labels[(region > 127) & (drawn > 0)])
    small = touched[stats[touched, cv2.CC_STAT_AREA] < SMALL_SHAPE_SHARE * mask.size]
    dropped = np.zeros(len(stats), np.uint8)
    dropped[small] = 255
    dropped[0] = 0
    kept = cv2.subtract(mask, cv2.dilate(dropped[labels], np.ones((3, 3), np.uint8)))
    outside: ByteArray = cv2.subtract(kept, region)
    return outside


def maybe_mix(rng: Rng, frame: Frame, layout: Layout, partner: Layout | None) -> Layout:
    """Abuts a partner pattern, or clears a region when there is none."""
    region = random_region(rng, frame)
    if partner is None or chance(rng, 0.3):
        return clear(layout, region)
    return abut(layout, partner, region, rng)
