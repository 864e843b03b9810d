"""Defects of material and small debris: odd tone, corrosion, cracks, fibres, wiggling."""

import math
from dataclasses import replace

import cv2
import numpy as np

from core.domain.arrays import FloatArray
from core.synthesis.defects.blobs import Blob, make_blob, outline_xy, stamp_of
from core.synthesis.defects.sites import find_chord, find_shape, inside_of, pick_layer, random_point
from core.synthesis.drawing import fill_polygons, oriented_box
from core.synthesis.layout import ByteArray, Layout
from core.synthesis.randomness import Rng, chance, log_uniform, smooth_field, uniform


def odd_tone(layout: Layout, rng: Rng, size_px: float) -> Layout | None:
    """A shape, or a piece of a line, with another brightness: voltage contrast or missing fill."""
    index = pick_layer(layout, rng)
    if index is None:
        return None
    layer = layout.layers[index]
    piece = _piece(layer.mask, rng, size_px)
    if piece is None:
        return None
    delta = log_uniform(rng, 0.08, 0.45) * (1 if chance(rng, 0.5) else -1)
    tone = layer.tone + delta if 0.03 < layer.tone + delta < 1.1 else layer.tone - delta
    height = layer.height * uniform(rng, -0.6, 0) if chance(rng, 0.35) else 0.0
    odd = replace(layer, name="odd", mask=piece, tone=tone, height=height, roughness_px=layer.roughness_px)
    return layout.with_layer(index + 1, odd)


def _piece(mask: ByteArray, rng: Rng, size_px: float) -> ByteArray | None:
    shape = find_shape(mask, rng, max_share=0.03)
    if shape is not None and chance(rng, 0.7):
        around = cv2.dilate(shape.inside.astype(np.uint8) * 255, np.ones((3, 3), np.uint8))
        whole: ByteArray = cv2.min(mask, around)
        return whole
    chord = find_chord(inside_of(mask), rng, (2.5, 40))
    if chord is None:
        return None
    window = np.zeros_like(mask)
    fill_polygons(
        window, oriented_box((chord.x, chord.y), chord.angle, chord.length + 3, size_px * 1.5)[None]
    )
    part: ByteArray = cv2.min(mask, window)
    return part


def corrosion(layout: Layout, rng: Rng, size_px: float) -> Layout | None:
    """A cluster of small pits on the metal."""
    index = pick_layer(layout, rng)
    if index is None:
        return None
    chord = find_chord(inside_of(layout.layers[index].mask), rng, (3, 400))
    if chord is None:
        return None
    tone = uniform(rng, 0.03, 0.25)
    for _ in range(int(rng.integers(3, 12))):
        x, y = chord.x + rng.normal() * size_px * 0.4, chord.y + rng.normal() * size_px * 0.4
        blob = make_blob(rng, x, y, log_uniform(rng, 3, max(size_px * 0.4, 4)), aspect=uniform(rng, 1, 2))
        drop = blob.alpha * np.float32(-uniform(rng, 0.2, 0.9))
        layout = layout.with_stamp(stamp_of(blob, tone=tone, strength=uniform(rng, 0.4, 1), rise=drop))
    return layout


def path_blob(rng: Rng, x: float, y: float, length: float, width: float, waviness: float) -> Blob:
    """A thin wandering path as a spot.

    Args:
        rng: the generator.
        x: middle, px.
        y: middle, px.
        length: along the path, px.
        width: px, at least 1.
        waviness: how much the heading changes, radians over the path.
    """
    steps = 24
    heading = uniform(rng, 0, 2 * math.pi) + np.cumsum(rng.normal(0, waviness / math.sqrt(steps), steps))
    heading += np.linspace(-1, 1, steps) * rng.normal(0, waviness)
    points = np.cumsum(np.stack([np.cos(heading), np.sin(heading)], -1) * length / steps, axis=0)
    points -= points.mean(axis=0)
    reach = math.ceil(float(np.abs(points).max()) + width + 4)
    canvas = np.zeros((2 * reach + 1, 2 * reach + 1), np.uint8)
    fixed = np.rint((points + reach) * 16).astype(np.int32)
    cv2.polylines(canvas, [fixed], False, 255, max(1, round(width)), cv2.LINE_AA, 4)
    soft: FloatArray = cv2.GaussianBlur(canvas, (0, 0), 0.7).astype(np.float32) / np.float32(255)
    return Blob(round(y) - reach, round(x) - reach, soft, soft)


def crack(layout: Layout, rng: Rng, size_px: float) -> Layout:
    """A narrow dark crack in the film, sometimes branched."""
    x, y = random_point(layout, rng)
    depth, tone = uniform(rng, 0.3, 1.2), uniform(rng, 0.02, 0.25)
    for branch in range(1 if chance(rng, 0.6) else 3):
        length = size_px * uniform(rng, 1.2, 3) / (1 + branch)
        blob = path_blob(rng, x, y, length, uniform(rng, 1, 3.5), 0.5)
        layout = layout.with_stamp(
            stamp_of(blob, tone=tone, strength=0.9, rise=blob.alpha * np.float32(-depth))
        )
    return layout


def fibre(layout: Layout, rng: Rng, size_px: float) -> Layout:
    """A thin bent hair or flake edge lying on the surface."""
    x, y = random_point(layout, rng)
    blob = path_blob(rng, x, y, size_px * uniform(rng, 1, 2.5), uniform(rng, 1, 4), uniform(rng, 0.3, 1.8))
    tone = uniform(rng, 0.6, 1.1) if chance(rng, 0.75) else uniform(rng, 0.05, 0.3)
    rise = blob.alpha * np.float32(uniform(rng, 0.2, 0.9))
    return layout.with_stamp(stamp_of(blob, tone=tone, strength=uniform(rng, 0.3, 0.9), rise=rise))


def wiggling(layout: Layout, rng: Rng, size_px: float) -> Layout | None:
    """Lines that wander or have very rough edges inside a small area."""
    index = pick_layer(layout, rng)
    if index is None:
        return None
    chord = find_chord(inside_of(layout.layers[index].mask), rng, (2.5, 90))
    if chord is None:
        return None
    height, width = layout.size_hw
    reach = max(size_px * 0.5, layout.pitch_px * 0.7, 8)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    near = np.exp(-((((x - chord.x) ** 2 + (y - chord.y) ** 2) / np.float32(reach**2)) ** 2)).astype(
        np.float32
    )
    strength = near * np.float32(layout.pitch_px * uniform(rng, 0.12, 0.3))
    scale = max(layout.pitch_px * uniform(rng, 0.3, 0.8), 4)
    moved_x = x + strength * smooth_field(rng, (height, width), scale)
    moved_y = y + strength * smooth_field(rng, (height, width), scale)
    bent: ByteArray = cv2.remap(
        layout.layers[index].mask, moved_x, moved_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return layout.with_mask(index, bent)


def stain(layout: Layout, rng: Rng, size_px: float) -> Layout:
    """A faint film or water mark over the pattern, sometimes only its rim."""
    x, y = random_point(layout, rng)
    blob = make_blob(rng, x, y, max(size_px, 14), aspect=uniform(rng, 1, 2), soft_px=uniform(rng, 1.5, 6))
    delta = np.float32(log_uniform(rng, 0.07, 0.3) * (1 if chance(rng, 0.5) else -1))
    rim = chance(rng, 0.3)
    tint = np.exp(-((blob.depth / 0.15) ** 2)) * blob.alpha * delta if rim else blob.alpha * delta
    return layout.with_stamp(stamp_of(blob, strength=0.0 if rim else uniform(rng, 0, 0.4), tint=tint))


def missing_patch(layout: Layout, rng: Rng, size_px: float) -> Layout | None:
    """The pattern is wiped out inside an area: blocked etch or missing exposure."""
    index = pick_layer(layout, rng)
    if index is None:
        return None
    x, y = random_point(layout, rng)
    area = np.zeros(layout.size_hw, np.uint8)
    half = (max(size_px, layout.pitch_px) / 2, max(size_px, layout.pitch_px) / 2 * uniform(rng, 0.5, 1))
    outline = outline_xy(rng, x, y, half, uniform(rng, 0, math.pi))
    cv2.fillPoly(area, [np.rint(outline * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    mask = layout.layers[index].mask
    wiped: ByteArray = cv2.subtract(mask, area) if chance(rng, 0.6) else cv2.max(mask, area)
    return layout.with_mask(index, wiped)
