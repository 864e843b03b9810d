"""Defects of deposited films: growths, blisters, pits, peeling, odd patches."""

import numpy as np

from core.synthesis.defects.blobs import blob_texture, dome, make_blob, stamp_of
from core.synthesis.defects.sites import random_point
from core.synthesis.layout import Layout
from core.synthesis.randomness import Rng, chance, log_uniform, uniform


def nodule(layout: Layout, rng: Rng, size_px: float) -> Layout:
    """A rounded growth in a film, alone or in a small cluster."""
    x, y = random_point(layout, rng)
    for _ in range(1 if chance(rng, 0.7) else int(rng.integers(2, 5))):
        blob = make_blob(
            rng, x, y, size_px * uniform(rng, 0.7, 1.1), aspect=uniform(rng, 1, 1.4), irregularity=0.15
        )
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
