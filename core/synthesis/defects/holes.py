"""Defects of single holes and vias: missing, closed, too large, merged."""

import cv2
import numpy as np

from core.synthesis.defects.blobs import outline_xy
from core.synthesis.defects.sites import find_chord, find_shape, inside_of, pick_layer
from core.synthesis.drawing import fill_outline, fill_polygons, oriented_box
from core.synthesis.layout import Layout
from core.synthesis.randomness import Rng, chance, uniform

HOLE_NAMES = ("holes", "vias")


def hole_missing(layout: Layout, rng: Rng, size_px: float) -> Layout | None:
    """One hole (sometimes a few neighbours) is not there at all."""
    index = pick_layer(layout, rng, HOLE_NAMES)
    shape = None if index is None else find_shape(layout.layers[index].mask, rng)
    if index is None or shape is None:
        return None
    mask = layout.layers[index].mask.copy()
    reach = int(max(3, min(size_px, shape.size_px) * 0.25))
    grown = cv2.dilate(shape.inside.astype(np.uint8), np.ones((reach, reach), np.uint8))
    mask[grown > 0] = 0
    if chance(rng, 0.2):
        fill_outline(mask, outline_xy(rng, shape.x, shape.y, (shape.size_px * 1.4, shape.size_px), 0.0), 0)
    return layout.with_mask(index, mask)


def hole_partial(layout: Layout, rng: Rng, size_px: float) -> Layout | None:
    """A hole that is partly closed or much too small."""
    index = pick_layer(layout, rng, HOLE_NAMES)
    shape = None if index is None else find_shape(layout.layers[index].mask, rng)
    if index is None or shape is None:
        return None
    mask = layout.layers[index].mask.copy()
    if size_px < 14:
        angle = uniform(rng, 0, 6.28)
        away = shape.size_px * uniform(rng, 0.15, 0.5)
        x, y = shape.x + np.cos(angle) * away, shape.y + np.sin(angle) * away
        fill_outline(mask, outline_xy(rng, float(x), float(y), (shape.size_px * 0.55,) * 2, angle), 0)
    else:
        mask[cv2.dilate(shape.inside.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0] = 0
        half = shape.size_px * uniform(rng, 0.2, 0.36)
        fill_outline(mask, outline_xy(rng, shape.x, shape.y, (half, half), 0.0))
    return layout.with_mask(index, mask)


def hole_oversized(layout: Layout, rng: Rng, size_px: float) -> Layout | None:
    """A hole that is much too large."""
    index = pick_layer(layout, rng, HOLE_NAMES)
    shape = None if index is None else find_shape(layout.layers[index].mask, rng)
    if index is None or shape is None:
        return None
    mask = layout.layers[index].mask.copy()
    half = max(shape.size_px * uniform(rng, 0.7, 1.0), min(size_px, shape.size_px) / 2)
    fill_outline(mask, outline_xy(rng, shape.x, shape.y, (half, half * uniform(rng, 0.85, 1.15)), 0.0))
    return layout.with_mask(index, mask)


def hole_merged(layout: Layout, rng: Rng, size_px: float) -> Layout | None:
    """Two neighbouring holes run into each other."""
    index = pick_layer(layout, rng, HOLE_NAMES)
    if index is None:
        return None
    layer = layout.layers[index]
    chord = find_chord(~inside_of(layer.mask), rng, (2.5, max(layout.pitch_px * 0.85, 12)))
    if chord is None:
        return None
    mask = layer.mask.copy()
    width = max(min(size_px, chord.length * 1.6), 3.0)
    fill_polygons(mask, oriented_box((chord.x, chord.y), chord.angle, chord.length + 3, width)[None])
    return layout.with_mask(index, mask)
