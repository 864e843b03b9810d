"""Defects that lie on or in the surface, whatever the pattern: particles, scratches, films, pits."""

import math

import cv2
import numpy as np

from core.domain.arrays import FloatArray
from core.synthesis.defects.blobs import Blob, blob_texture, cluster_blob, dome, make_blob, stamp_of
from core.synthesis.defects.sites import find_chord, inside_of, pick_layer, random_point
from core.synthesis.layout import Layout, Stamp
from core.synthesis.randomness import Rng, chance, log_uniform, uniform


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


def nodule(layout: Layout, rng: Rng, size_px: float) -> Layout:
    """A rounded growth in a film, alone or in a small cluster."""
    x, y = random_point(layout, rng)
    for _ in range(1 if chance(rng, 0.7) else int(rng.integers(2, 5))):
        blob = make_blob(rng, x, y, size_px * uniform(rng, 0.7, 1.1), aspect=uniform(rng, 1, 1.4))
        rise = dome(blob) * np.float32(uniform(rng, 0.4, 0.5 + size_px / 8))
        tint = blob.alpha * np.float32(uniform(rng, -0.05, 0.2))
        layout = layout.with_stamp(stamp_of(blob, strength=0.0, rise=rise, tint=tint))
        x, y = x + rng.normal() * size_px * 0.6, y + rng.normal() * size_px * 0.6
    return layout


def blister(layout: Layout, rng: Rng, size_px: float) -> Layout:
    """A film lifted into a smooth dome; some burst and leave a rim."""
    x, y = random_point(layout, rng)
    blob = make_blob(rng, x, y, max(size_px, 10), aspect=uniform(rng, 1, 1.3), soft_px=3, irregularity=0.1)
    rise = dome(blob) * np.float32(uniform(rng, 0.5, 0.5 + size_px / 14))
    placed = layout.with_stamp(
        stamp_of(blob, strength=0.0, rise=rise, tint=blob.depth * np.float32(uniform(rng, -0.12, 0.12)))
    )
    if chance(rng, 0.25):
        inner = make_blob(rng, x, y, max(size_px * uniform(rng, 0.3, 0.6), 5))
        drop = inner.alpha * np.float32(-uniform(rng, 0.5, 1.5))
        placed = placed.with_stamp(stamp_of(inner, tone=uniform(rng, 0.05, 0.4), strength=0.7, rise=drop))
    return placed


def pit(layout: Layout, rng: Rng, size_px: float) -> Layout:
    """A hole in the surface, dark inside with a bright rim."""
    x, y = random_point(layout, rng)
    blob = make_blob(
        rng,
        x,
        y,
        size_px,
        aspect=uniform(rng, 1, 1.8),
        soft_px=uniform(rng, 1, 2.5),
        facetted=chance(rng, 0.3),
    )
    depth = dome(blob) if chance(rng, 0.5) else blob.alpha
    rise = depth * np.float32(-uniform(rng, 0.4, 1.8))
    tone = uniform(rng, 0.03, 0.3) if chance(rng, 0.8) else uniform(rng, 0.6, 0.9)
    return layout.with_stamp(stamp_of(blob, tone=tone, strength=uniform(rng, 0.3, 1), rise=rise))


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


def peeling(layout: Layout, rng: Rng, size_px: float) -> Layout:
    """Film is gone from a ragged area; what is below has another tone, and the rim curls up."""
    x, y = random_point(layout, rng)
    blob = make_blob(rng, x, y, max(size_px, 12), aspect=uniform(rng, 1, 2.5), facetted=chance(rng, 0.5))
    step = uniform(rng, 0.4, 1.4)
    rim = np.float32(uniform(rng, 0, 0.8)) * np.exp(-((blob.depth / 0.12) ** 2)) * blob.alpha
    rise = rim - blob.alpha * np.float32(step)
    tone = uniform(rng, 0.1, 0.9) + blob_texture(rng, blob, 4) * np.float32(uniform(rng, 0, 0.06))
    return layout.with_stamp(
        stamp_of(blob, tone=tone, strength=uniform(rng, 0.4, 1), rise=rise, cover=uniform(rng, 0, 0.7))
    )


def discoloration(layout: Layout, rng: Rng, size_px: float) -> Layout:
    """A soft patch of another tone, without relief."""
    x, y = random_point(layout, rng)
    size = max(size_px, 16)
    blob = make_blob(rng, x, y, size, aspect=uniform(rng, 1, 2.2), soft_px=uniform(rng, 2, size / 3))
    delta = log_uniform(rng, 0.06, 0.3) * (1 if chance(rng, 0.5) else -1)
    return layout.with_stamp(stamp_of(blob, strength=0.0, tint=blob.alpha * np.float32(delta)))


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
