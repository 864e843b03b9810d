"""Debris and damage on any pattern: particles, residue, scratches, pinholes."""

import math

import cv2
import numpy as np

from core.domain.arrays import FloatArray
from core.synthesis.defects.blobs import Blob, blob_texture, cluster_blob, dome, make_blob, stamp_of
from core.synthesis.defects.sites import find_chord, inside_of, pick_layer, random_point
from core.synthesis.layout import Layout, Stamp
from core.synthesis.randomness import Rng, chance, uniform


def particle(layout: Layout, rng: Rng, size_px: float) -> Layout:
    """A foreign particle on top, bright or dark, rounded or facetted, often with a charging halo."""
    x, y = random_point(layout, rng)
    blob = cluster_blob(rng, x, y, size_px)
    tone = uniform(rng, 0.55, 1.3) if chance(rng, 0.65) else uniform(rng, 0.05, 0.3)
    texture = blob_texture(rng, blob, max(size_px / 6, 1.5)) * np.float32(uniform(rng, 0, 0.15))
    height = dome(blob) * np.float32(uniform(rng, 0.4, 0.25 + size_px / 10))
    placed = layout.with_stamp(
        stamp_of(
            blob, tone=tone + texture, strength=uniform(rng, 0.6, 1), rise=height, cover=uniform(rng, 0.5, 1)
        )
    )
    return placed.with_stamp(_halo(rng, x, y, size_px)) if chance(rng, 0.35) else placed


def _halo(rng: Rng, x: float, y: float, size_px: float) -> Stamp:
    blob = make_blob(rng, x, y, size_px * uniform(rng, 1.6, 3), soft_px=2)
    strength = uniform(rng, 0.04, 0.2) * (1 if chance(rng, 0.3) else -1)
    return stamp_of(blob, strength=0.0, tint=blob.depth * np.float32(strength))


def buried_particle(layout: Layout, rng: Rng, size_px: float) -> Layout:
    """A particle below the pattern: lines climb over it."""
    x, y = random_point(layout, rng)
    blob = make_blob(rng, x, y, max(size_px, 8.0), aspect=uniform(rng, 1, 1.8), soft_px=2)
    height = dome(blob) * np.float32(uniform(rng, 0.6, 0.6 + size_px / 12))
    tint = blob.depth * np.float32(uniform(rng, -0.15, 0.3))
    return layout.with_stamp(stamp_of(blob, strength=0.0, rise=height, tint=tint, buried=chance(rng, 0.6)))


def hillock(layout: Layout, rng: Rng, size_px: float) -> Layout | None:
    """A small pointed growth on the pattern."""
    index = pick_layer(layout, rng)
    x, y = random_point(layout, rng)
    if index is not None:
        chord = find_chord(inside_of(layout.layers[index].mask), rng, (2, 400))
        if chord is None:
            return None
        x, y = chord.x, chord.y
    blob = make_blob(rng, x, y, size_px, facetted=chance(rng, 0.6))
    rise = blob.depth * np.float32(uniform(rng, 0.8, 1 + size_px / 7))
    return layout.with_stamp(
        stamp_of(blob, strength=0.0, rise=rise, tint=blob.alpha * np.float32(uniform(rng, 0, 0.2)))
    )


def residue(layout: Layout, rng: Rng, size_px: float) -> Layout | None:
    """Poly or resist left behind, mostly in the trenches: textured, with a ragged outline."""
    index = pick_layer(layout, rng)
    x, y = random_point(layout, rng)
    tone = uniform(rng, 0.2, 0.9)
    if index is not None:
        layer = layout.layers[index]
        chord = find_chord(inside_of(layer.mask) == (layer.height < 0), rng, (3, 400))
        if chord is None:
            return None
        x, y, tone = chord.x, chord.y, layer.tone + uniform(rng, -0.2, 0.3)
    blob = cluster_blob(rng, x, y, max(size_px, 6))
    texture = blob_texture(rng, blob, 3) * np.float32(uniform(rng, 0.01, 0.12))
    rise = blob.alpha * np.float32(uniform(rng, 0.2, 0.9)) + texture * blob.alpha
    return layout.with_stamp(
        stamp_of(
            blob, tone=tone + texture, strength=uniform(rng, 0.4, 1), rise=rise, cover=uniform(rng, 0.2, 0.9)
        )
    )


def scratch(layout: Layout, rng: Rng, size_px: float) -> Layout:
    """A long narrow groove, straight or slightly bent, with a rim or smeared material."""
    x, y = random_point(layout, rng)
    length = size_px * uniform(rng, 2, 5)
    reach = math.ceil(length / 2 + 6)
    line = _scratch_mask(rng, reach, length, uniform(rng, 1.5, 2 + size_px / 8))
    groove = line * np.float32(-uniform(rng, 0.3, 1.2))
    wide: FloatArray = cv2.GaussianBlur(line, (0, 0), 1.6)
    rim = np.clip(wide - line, 0, 1) * np.float32(uniform(rng, 0, 1.2))
    blob = Blob(round(y) - reach, round(x) - reach, line, line)
    tone = uniform(rng, 0.05, 0.35) if chance(rng, 0.6) else uniform(rng, 0.6, 1)
    return layout.with_stamp(
        stamp_of(
            blob, tone=tone, strength=uniform(rng, 0.3, 0.9), rise=groove + rim, cover=uniform(rng, 0, 0.8)
        )
    )


def _scratch_mask(rng: Rng, reach: int, length: float, width: float) -> FloatArray:
    angle, bow = uniform(rng, 0, math.pi), rng.normal() * 0.12
    t = np.linspace(-0.5, 0.5, 24)
    u, v = t * length, bow * length * (t * t - 0.08) + rng.normal(0, 0.3, 24)
    points = np.stack(
        [
            reach + u * math.cos(angle) - v * math.sin(angle),
            reach + u * math.sin(angle) + v * math.cos(angle),
        ],
        -1,
    )
    canvas = np.zeros((2 * reach + 1, 2 * reach + 1), np.uint8)
    cv2.polylines(
        canvas, [np.rint(points * 16).astype(np.int32)], False, 255, max(1, round(width)), cv2.LINE_AA, 4
    )
    soft: FloatArray = cv2.GaussianBlur(canvas, (0, 0), 0.7).astype(np.float32) / np.float32(255)
    return soft


def pinhole(layout: Layout, rng: Rng, size_px: float) -> Layout:
    """A tiny dark hole."""
    x, y = random_point(layout, rng)
    blob = make_blob(rng, x, y, min(max(size_px, 4), 14))
    return layout.with_stamp(
        stamp_of(
            blob,
            tone=uniform(rng, 0.02, 0.2),
            strength=uniform(rng, 0.6, 1),
            rise=blob.alpha * np.float32(-0.8),
        )
    )
