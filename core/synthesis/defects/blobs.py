"""Irregular outlines and the stamps made of them."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import FloatArray
from core.synthesis.layout import Stamp
from core.synthesis.randomness import Rng, chance, smooth_field, uniform


@dataclass(frozen=True, slots=True)
class Blob:
    """A rasterised irregular spot.

    Attributes:
        top: first row in the image.
        left: first column.
        alpha: (h, w) float32 coverage.
        depth: (h, w) float32, 0 at the outline to 1 at the centre.
    """

    top: int
    left: int
    alpha: FloatArray
    depth: FloatArray


def radial_outline(rng: Rng, irregularity: float, corners: int = 48) -> NDArray[np.float64]:
    """(K,) radius about 1 at equal angles; facetted or wavy."""
    angles = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    radius = np.ones(corners)
    for order in range(2, 7):
        amplitude = irregularity * rng.normal() / order**0.8
        radius += amplitude * np.cos(order * angles + rng.uniform(0, 2 * np.pi))
    clipped: NDArray[np.float64] = np.clip(radius, 0.35, 1.9)
    return clipped


def facet_outline(rng: Rng, corners: int = 48) -> NDArray[np.float64]:
    """(K,) radius of a convex polygon with a few straight facets."""
    angles = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    facets = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(5, 9))))
    reach = rng.uniform(0.75, 1.1, len(facets))
    facing = np.cos(angles[:, None] - facets[None, :])
    distance = np.where(facing > 0.05, reach[None, :] / np.maximum(facing, 0.05), 9.0).min(axis=1)
    clipped: NDArray[np.float64] = np.clip(distance, 0.3, 1.7)
    return clipped


def outline_xy(
    rng: Rng, x: float, y: float, half_axes: tuple[float, float], angle: float
) -> NDArray[np.float64]:
    """(K, 2) irregular ellipse in image coordinates."""
    radius = radial_outline(rng, uniform(rng, 0.03, 0.25))
    turn = np.linspace(0, 2 * np.pi, len(radius), endpoint=False)
    u, v = half_axes[0] * radius * np.cos(turn), half_axes[1] * radius * np.sin(turn)
    cos, sin = math.cos(angle), math.sin(angle)
    return np.stack([x + u * cos - v * sin, y + u * sin + v * cos], axis=-1)


def make_blob(
    rng: Rng,
    x: float,
    y: float,
    size_px: float,
    *,
    aspect: float = 1.0,
    soft_px: float = 1.2,
    facetted: bool = False,
    irregularity: float = 0.3,
) -> Blob:
    """Rasterises an irregular spot.

    Args:
        rng: the generator.
        x: centre, px.
        y: centre, px.
        size_px: mean diameter.
        aspect: long to short axis.
        soft_px: width of the outline.
        facetted: straight facets instead of waves.
        irregularity: largest waviness of the outline.
    """
    outline = facet_outline(rng) if facetted else radial_outline(rng, uniform(rng, 0.0, irregularity))
    long, short = size_px / 2 * math.sqrt(aspect), size_px / 2 / math.sqrt(aspect)
    reach = math.ceil(long * float(outline.max()) + soft_px + 2)
    left, top = round(x) - reach, round(y) - reach
    grid_y, grid_x = np.mgrid[: 2 * reach + 1, : 2 * reach + 1].astype(np.float32)
    angle = uniform(rng, 0, math.pi)
    dx, dy = grid_x + np.float32(left - x), grid_y + np.float32(top - y)
    u = (dx * math.cos(angle) + dy * math.sin(angle)) / long
    v = (dy * math.cos(angle) - dx * math.sin(angle)) / short
    polar = np.arctan2(v, u) % (2 * np.pi)
    turns = np.linspace(0, 2 * np.pi, len(outline) + 1)
    edge = np.interp(polar, turns, np.append(outline, outline[0])).astype(np.float32)
    depth = (1 - np.hypot(u, v) / edge).astype(np.float32)
    alpha = np.clip(0.5 + depth * short / soft_px, 0, 1).astype(np.float32)
    return Blob(top, left, alpha, np.clip(depth, 0, 1))


def dome(blob: Blob) -> FloatArray:
    """(h, w) float32 half-sphere profile, 1 at the centre."""
    return np.sqrt(np.clip(1 - (1 - blob.depth) ** 2, 0, 1)) * blob.alpha


def blob_texture(rng: Rng, blob: Blob, scale_px: float) -> FloatArray:
    """(h, w) float32 unit-variance roughness for a spot."""
    return smooth_field(rng, (blob.alpha.shape[0], blob.alpha.shape[1]), scale_px)


def stamp_of(
    blob: Blob,
    *,
    tone: FloatArray | float = 0.5,
    strength: float = 1.0,
    rise: FloatArray | float = 0.0,
    tint: FloatArray | float = 0.0,
    cover: float = 0.0,
    buried: bool = False,
) -> Stamp:
    """A stamp in the shape of a blob; plain numbers are spread over it."""
    shape = blob.alpha.shape
    return Stamp(
        top=blob.top,
        left=blob.left,
        alpha=blob.alpha * np.float32(strength),
        tone=_spread(tone, shape),
        rise=_spread(rise, shape),
        tint=_spread(tint, shape),
        cover=cover,
        buried=buried,
    )


def _spread(value: FloatArray | float, shape: tuple[int, ...]) -> FloatArray:
    return np.broadcast_to(np.asarray(value, np.float32), shape)


def cluster_blob(rng: Rng, x: float, y: float, size_px: float) -> Blob:
    """Several small spots grown together: a flake or an agglomerate."""
    base = make_blob(rng, x, y, size_px, aspect=uniform(rng, 1, 2.2), facetted=chance(rng, 0.5))
    if chance(rng, 0.5):
        return base
    rough = blob_texture(rng, base, max(size_px / 5, 2.0)) * np.float32(0.25)
    depth = np.clip(base.depth + rough * (base.depth > 0), 0, 1)
    alpha: FloatArray = cv2.GaussianBlur((depth > 0.18).astype(np.float32), (0, 0), 0.8)
    return Blob(base.top, base.left, alpha, depth)
