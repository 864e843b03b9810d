"""Defects that change line patterns: joined, broken, narrowed, widened."""

import math
from dataclasses import replace

import cv2
import numpy as np

from core.synthesis.defects.blobs import outline_xy
from core.synthesis.defects.sites import Chord, find_chord, inside_of, pick_layer
from core.synthesis.drawing import fill_outline, fill_polygons, oriented_box
from core.synthesis.layout import ByteArray, Layout
from core.synthesis.randomness import Rng, chance, uniform

LINE_NAMES = ("lines", "gates", "fins", "blocks")


def line_site(
    layout: Layout, rng: Rng, *, gap: bool, lengths: tuple[float, float], names: tuple[str, ...] = LINE_NAMES
) -> tuple[int, Chord] | None:
    """A layer and a chord across one of its lines (or gaps)."""
    index = pick_layer(layout, rng, names)
    if index is None:
        index = pick_layer(layout, rng)
    if index is None:
        return None
    inside = inside_of(layout.layers[index].mask)
    chord = find_chord(~inside if gap else inside, rng, lengths)
    return None if chord is None else (index, chord)


def bridge(layout: Layout, rng: Rng, size_px: float) -> Layout | None:
    """Joins two neighbouring lines across their gap, fully or nearly, with full or thin material."""
    found = line_site(layout, rng, gap=True, lengths=(2.5, max(layout.pitch_px * 1.1, 12)))
    if found is None:
        return None
    index, chord = found
    added = np.zeros(layout.size_hw, np.uint8)
    width = max(min(size_px, 3 * chord.length), 3.0)
    span = chord.length * (uniform(rng, 0.6, 0.95) if chance(rng, 0.2) else 1.15) + 2
    # Mostly ragged: a straight one would look like an intended link.
    if chance(rng, 0.3):
        box = oriented_box((chord.x, chord.y), chord.angle + uniform(rng, -0.3, 0.3), span, width)
        fill_polygons(added, box[None])
    else:
        fill_outline(added, outline_xy(rng, chord.x, chord.y, (span * 0.56, width * 0.6), chord.angle))
    return add_material(layout, index, added, rng)


def add_material(layout: Layout, index: int, added: ByteArray, rng: Rng) -> Layout:
    """Adds shapes to a layer, or as a thinner film of the same material below it."""
    layer = layout.layers[index]
    if not chance(rng, 0.25):
        joined: ByteArray = cv2.max(layer.mask, added)
        return layout.with_mask(index, joined)
    thin = replace(
        layer, mask=added, opacity=uniform(rng, 0.35, 0.9), height=layer.height * uniform(rng, 0.1, 0.7)
    )
    return layout.with_layer(index, thin)


def open_line(layout: Layout, rng: Rng, size_px: float) -> Layout | None:
    """Interrupts a line; mostly ragged, as a straight gap would look like an intended line end."""
    found = line_site(layout, rng, gap=False, lengths=(2.5, max(layout.pitch_px, 14)))
    if found is None:
        return None
    index, chord = found
    mask = layout.layers[index].mask.copy()
    if chance(rng, 0.25):
        tilt = chord.angle + uniform(rng, -0.25, 0.25)
        fill_polygons(
            mask, oriented_box((chord.x, chord.y), tilt, chord.length + 4, max(size_px, 3.0))[None], 0
        )
    else:
        half = (chord.length * uniform(rng, 0.45, 0.6) + 1.5, max(size_px, 4.0) / 2)
        fill_outline(mask, outline_xy(rng, chord.x, chord.y, half, chord.angle), 0)
    return layout.with_mask(index, mask)


def necking(layout: Layout, rng: Rng, size_px: float) -> Layout | None:
    """Narrows a line from both sides over some length."""
    found = line_site(layout, rng, gap=False, lengths=(4, max(layout.pitch_px, 20)))
    if found is None:
        return None
    index, chord = found
    mask = layout.layers[index].mask.copy()
    bite = chord.length * uniform(rng, 0.22, 0.42)
    run = max(size_px, chord.length * 0.6)
    for side in (-1, 1):
        reach = side * chord.length / 2
        x, y = chord.x + math.cos(chord.angle) * reach, chord.y + math.sin(chord.angle) * reach
        fill_outline(mask, outline_xy(rng, x, y, (bite, run / 2), chord.angle), 0)
    return layout.with_mask(index, mask)


def protrusion(layout: Layout, rng: Rng, size_px: float) -> Layout | None:
    """A bump on the side of a line."""
    return _edge_blob(layout, rng, size_px, value=255)


def mouse_bite(layout: Layout, rng: Rng, size_px: float) -> Layout | None:
    """A notch in the side of a line."""
    return _edge_blob(layout, rng, size_px, value=0)


def _edge_blob(layout: Layout, rng: Rng, size_px: float, *, value: int) -> Layout | None:
    found = line_site(layout, rng, gap=False, lengths=(3, max(layout.pitch_px * 2, 60)))
    if found is None:
        return None
    index, chord = found
    mask = layout.layers[index].mask.copy()
    reach = chord.length / 2 * (1 if chance(rng, 0.5) else -1)
    x, y = chord.x + math.cos(chord.angle) * reach, chord.y + math.sin(chord.angle) * reach
    into = min(size_px / 2, chord.length * 0.7 if value == 0 else layout.pitch_px * 0.45)
    half = (max(into, 2.0), max(size_px / 2, 2.0))
    fill_outline(mask, outline_xy(rng, x, y, half, chord.angle), value)
    return layout.with_mask(index, mask)


def extra_material(layout: Layout, rng: Rng, size_px: float) -> Layout | None:
    """An island of pattern material where there should be none, alone or touching lines."""
    index = pick_layer(layout, rng)
    if index is None:
        return None
    chord = find_chord(~inside_of(layout.layers[index].mask), rng, (3, 400))
    if chord is None:
        return None
    added = np.zeros(layout.size_hw, np.uint8)
    half = (size_px / 2, size_px / 2 * uniform(rng, 0.4, 1))
    fill_outline(added, outline_xy(rng, chord.x, chord.y, half, uniform(rng, 0, math.pi)))
    return add_material(layout, index, added, rng)


def line_void(layout: Layout, rng: Rng, size_px: float) -> Layout | None:
    """A hole inside a line or block."""
    found = line_site(layout, rng, gap=False, lengths=(4, 400))
    if found is None:
        return None
    index, chord = found
    mask = layout.layers[index].mask.copy()
    half = min(size_px, chord.length * 0.85) / 2
    fill_outline(
        mask, outline_xy(rng, chord.x, chord.y, (half, half * uniform(rng, 0.7, 1.6)), chord.angle), 0
    )
    return layout.with_mask(index, mask)
