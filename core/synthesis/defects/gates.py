"""Defects of gates, fins and cuts: gone, leaning, footed, cut wrongly."""

import math
from dataclasses import replace

import cv2
import numpy as np

from core.domain.arrays import FloatArray
from core.synthesis.defects.blobs import outline_xy
from core.synthesis.defects.lines import bridge, line_site, open_line
from core.synthesis.defects.sites import Chord, find_chord, inside_of
from core.synthesis.drawing import fill_outline, fill_polygons, oriented_box
from core.synthesis.layout import ByteArray, Layout
from core.synthesis.randomness import Rng, chance, uniform


def missing_line(layout: Layout, rng: Rng, size_px: float) -> Layout | None:
    """A long piece of a fin or gate is gone."""
    found = line_site(
        layout, rng, gap=False, lengths=(2.5, max(layout.pitch_px, 16)), names=("fins", "gates")
    )
    if found is None:
        return None
    index, chord = found
    mask = layout.layers[index].mask.copy()
    fill_polygons(mask, oriented_box((chord.x, chord.y), chord.angle, chord.length + 3, size_px)[None], 0)
    return layout.with_mask(index, mask)


def leaning_line(layout: Layout, rng: Rng, size_px: float) -> Layout | None:
    """A line that leans or collapses towards its neighbour over some length."""
    widest = min(max(layout.pitch_px * 0.7, 8), 36)
    found = line_site(layout, rng, gap=False, lengths=(2.5, widest), names=("gates", "fins", "lines"))
    if found is None:
        return None
    index, chord = found
    layer = layout.layers[index]
    shift = layout.pitch_px * uniform(rng, 0.2, 0.6) * (1 if chance(rng, 0.5) else -1)
    bent = bend(layer.mask, chord, shift, max(size_px, layout.pitch_px) / 2)
    return layout.with_mask(index, bent)


def bend(mask: ByteArray, chord: Chord, shift: float, reach: float) -> ByteArray:
    """Moves the line under the chord sideways, smoothly along its length.

    Args:
        mask: (H, W) uint8.
        chord: across the line to move.
        shift: greatest displacement, px, along the chord's direction.
        reach: standard deviation of the displacement along the line, px.
    """
    height, width = mask.shape
    y, x = np.mgrid[:height, :width].astype(np.float32)
    cos, sin = math.cos(chord.angle), math.sin(chord.angle)
    across = (x - chord.x) * cos + (y - chord.y) * sin
    along = (y - chord.y) * cos - (x - chord.x) * sin
    moved = np.float32(shift) * np.exp(-((along / reach) ** 2)).astype(np.float32)
    near: FloatArray = (np.abs(across) <= chord.length / 2 + 1.5).astype(np.float32)
    line = np.minimum(mask, (near * 255).astype(np.uint8))
    rest = np.minimum(mask, ((1 - near) * 255).astype(np.uint8))
    bent = cv2.remap(
        line, x - moved * cos, y - moved * sin, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    joined: ByteArray = np.maximum(rest, bent)
    return joined


def footing(layout: Layout, rng: Rng, size_px: float) -> Layout | None:
    """A low foot at the base of a line over some length."""
    found = line_site(layout, rng, gap=False, lengths=(2.5, max(layout.pitch_px, 16)))
    if found is None:
        return None
    index, chord = found
    layer = layout.layers[index]
    foot = np.zeros_like(layer.mask)
    spread = chord.length + 2 * max(layout.pitch_px * uniform(rng, 0.12, 0.3), 2.0)
    fill_outline(foot, outline_xy(rng, chord.x, chord.y, (spread / 2, size_px / 2), chord.angle))
    low = replace(
        layer, mask=foot, opacity=uniform(rng, 0.4, 0.9), height=layer.height * uniform(rng, 0.15, 0.4)
    )
    return layout.with_layer(index, low)


def cut_missing(layout: Layout, rng: Rng, size_px: float) -> Layout | None:
    """An intended cut was not made: the line runs through."""
    if not layout.cuts:
        return bridge(layout, rng, size_px)
    cut = layout.cuts[int(rng.integers(len(layout.cuts)))]
    mask = layout.layers[cut.layer].mask.copy()
    centre = cut.polygon_xy.mean(axis=0)
    inset = 0.94 if chance(rng, 0.5) else uniform(rng, 0.5, 0.9)
    grown = centre + (cut.polygon_xy - centre) * np.array([inset, inset])
    fill_polygons(mask, grown[None])
    return layout.with_mask(cut.layer, mask)


def cut_misplaced(layout: Layout, rng: Rng, size_px: float) -> Layout | None:
    """A cut where none belongs, with the size of the intended ones."""
    if not layout.cuts:
        return open_line(layout, rng, size_px)
    cut = layout.cuts[int(rng.integers(len(layout.cuts)))]
    chord = find_chord(inside_of(layout.layers[cut.layer].mask), rng, (2.5, max(layout.pitch_px, 14)))
    if chord is None:
        return None
    mask = layout.layers[cut.layer].mask.copy()
    sides = np.linalg.norm(np.diff(cut.polygon_xy[:3], axis=0), axis=1)
    gap = float(sides.max() if chance(rng, 0.3) else sides.min())
    # Cuts that miss do so by tilt and offset: they rarely look like the intended ones.
    tilt, offset = uniform(rng, -0.35, 0.35), chord.length * uniform(rng, -0.5, 0.5)
    x, y = chord.x + math.cos(chord.angle) * offset, chord.y + math.sin(chord.angle) * offset
    fill_polygons(mask, oriented_box((x, y), chord.angle + tilt, chord.length + 3, gap)[None], 0)
    return layout.with_mask(cut.layer, mask)
