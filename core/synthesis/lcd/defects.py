"""Line and point defects on a panel."""

import cv2
import numpy as np

from core.domain.arrays import BoolArray, FloatArray
from core.synthesis.randomness import Rng, uniform

COLORS = np.array([[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255]], np.float32)
LEAST_CHANGE = 6.0
"""Grey levels by which a pixel must differ to be called changed."""
_WIDTHS_PX = (3, 33)
_POINT_SIDES_PX = (2.0, 7.0)


def add_lines(rng: Rng, panel: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Lines of random colour, width and opacity that cross the whole screen, one in each of a few areas.

    Args:
        panel: (S, S, 3) in [0, 255].

    Returns:
        The panel, and (S, S) what visibly changed.
    """
    side = panel.shape[0]
    cover = np.zeros(panel.shape[:2], np.float32)
    color = np.zeros_like(panel)
    is_upright = rng.random() < 0.5
    areas = int(rng.integers(1, 5))
    for area in range(areas):
        low, high = side * area // areas, side * (area + 1) // areas
        width = int(
            rng.integers(_WIDTHS_PX[0], min(_WIDTHS_PX[1], max(_WIDTHS_PX[0] + 1, (high - low) // 2)))
        )
        start = int(rng.integers(low, max(low + 1, high - width)))
        band = np.s_[:, start : start + width] if is_upright else np.s_[start : start + width, :]
        cover[band] = uniform(rng, 0.1, 1.0)
        color[band] = COLORS[int(rng.integers(len(COLORS)))]
    return _blend(panel, color, cv2.GaussianBlur(cover, (0, 0), 0.8))


def add_points(rng: Rng, panel: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Abnormal points where the picture is busy: edge pixels in clusters, each of one colour, size and opacity."""
    side = panel.shape[0]
    places = _edge_places(rng, panel)
    clusters = int(rng.integers(2, 7))
    centres = places[rng.choice(len(places), clusters)]
    nearest = np.argmin(((places[:, None] - centres[None]) ** 2).sum(axis=2), axis=1)
    cover = np.zeros(panel.shape[:2], np.float32)
    color = np.zeros_like(panel)
    for cluster in range(clusters):
        members = places[nearest == cluster]
        ink, opacity = COLORS[int(rng.integers(len(COLORS)))], uniform(rng, 0.3, 1.0)
        radius = max(1, round(uniform(rng, *_POINT_SIDES_PX) * side / 512))
        for row, column in members[
            rng.choice(len(members), min(len(members), int(rng.integers(2, 9))), False)
        ]:
            disc = np.zeros(panel.shape[:2], np.uint8)
            cv2.circle(disc, (int(column), int(row)), radius, 1, -1)
            cover[disc > 0], color[disc > 0] = opacity, ink
    return _blend(panel, color, cv2.GaussianBlur(cover, (0, 0), 0.8))


def _edge_places(rng: Rng, panel: FloatArray) -> "np.ndarray[tuple[int, int], np.dtype[np.int64]]":
    """(P, 2) rows and columns on edges of the picture at a random threshold; anywhere on one without edges."""
    grey = panel.mean(axis=2)
    cut = (grey > uniform(rng, 50, 200)).astype(np.uint8)
    edges = np.argwhere(cv2.morphologyEx(cut, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0)
    if len(edges) >= 200:
        return edges[rng.choice(len(edges), 200, replace=False)]
    return rng.integers(0, panel.shape[0], (200, 2))


def _blend(panel: FloatArray, color: FloatArray, cover: FloatArray) -> tuple[FloatArray, BoolArray]:
    blended = panel + cover[..., None] * (color - panel)
    changed = np.abs(blended - panel).max(axis=2) > LEAST_CHANGE
    return blended.astype(np.float32), changed
