"""What can be measured on a defect without training: size, shape, contrast, texture, and how unexpected it is there."""

import cv2
import numpy as np

from core.discovery.embedding.context import measure_context
from core.discovery.embedding.taking_apart import (
    LEAST_SPREAD,
    NEAR_PX,
    TakenApart,
    elongation,
    grown,
    shrunk,
    slopes,
    take_apart,
)
from core.domain.arrays import FloatArray
from core.domain.maps import Crop

DESCRIPTORS = 74
"""How many there are."""

_CURVATURE_PX = 2.0
_LEAST_TEXTURE = 0.003
_LEAST_SURPRISE = 0.35  # in deviations of the surroundings: a smaller difference belongs to no defect
_LARGEST = 8.0


def measure_defect(crop: Crop) -> FloatArray:
    """(D,) float32 descriptors of a crop, each within ±8; lengths as logarithms, levels in deviations around it."""
    defect = take_apart(crop)
    parts = (_shape, _contrast, _texture, _alignment, _surprise, measure_context)
    values = [value for part in parts for value in part(defect)]
    return np.clip(np.nan_to_num(np.array(values, np.float32)), -_LARGEST, _LARGEST)


def _shape(defect: TakenApart) -> list[float]:
    """Size, extent, elongation, solidity."""
    rows, columns = np.nonzero(defect.inside)
    hull = cv2.convexHull(np.stack([columns, rows], axis=1).astype(np.int32))
    filled = max(cv2.contourArea(hull), 0.5 * len(rows), 1.0)
    return [np.log(len(rows)) / 2, np.log(defect.extent), elongation(defect.inside)[0], len(rows) / filled]


def _contrast(defect: TakenApart) -> list[float]:
    """Levels inside against the ring and the surroundings, and how many are beyond all that stands around."""
    inside, ring, outside = (defect.pixels[part] for part in (defect.inside, defect.ring, defect.outside))
    differences = [
        float(np.percentile(inside, level) - np.percentile(outside, level)) / defect.spread
        for level in (2, 10, 90, 98)
    ]
    return [
        float(inside.mean() - ring.mean()) / defect.spread,
        float(inside.mean() - outside.mean()) / defect.spread,
        *differences,
        float((inside > np.percentile(outside, 99)).mean()),
        float((inside < np.percentile(outside, 1)).mean()),
    ]


def _texture(defect: TakenApart) -> list[float]:
    """Roughness and edges inside against the ring, the core against the rim, dome against dent."""
    pixels, inside, ring = defect.pixels, defect.inside, defect.ring
    edges = np.hypot(*slopes(pixels))
    core = shrunk(inside, max(1, int(0.15 * defect.extent)))
    core = core if core.any() else inside
    rim = inside & ~core if (inside & ~core).any() else inside
    curvature = cv2.Laplacian(cv2.GaussianBlur(pixels, (0, 0), _CURVATURE_PX), cv2.CV_32F)
    return [
        _log_ratio(pixels[inside].std(), pixels[ring].std()),
        _log_ratio(edges[inside].mean(), edges[ring].mean()),
        float(pixels[core].mean() - pixels[rim].mean()) / defect.spread,
        float(curvature[inside].mean() / (np.abs(curvature[defect.outside]).mean() + 1e-4)),
    ]


def _alignment(defect: TakenApart) -> list[float]:
    """How directed the pattern is, and whether the defect lies along it (+) or across (−)."""
    slope_x, slope_y = (slope[defect.outside] for slope in slopes(defect.pixels))
    tensor = np.array([[(slope_x**2).mean(), (slope_x * slope_y).mean()], [0, (slope_y**2).mean()]])
    weights, directions = np.linalg.eigh(tensor, UPLO="U")
    coherence = float((weights[1] - weights[0]) / (weights.sum() + 1e-9))
    across = float(np.arctan2(directions[1, 1], directions[0, 1]))
    ratio, angle = elongation(defect.inside)
    return [coherence, -ratio * coherence * float(np.cos(2 * (angle - across)))]


def _surprise(defect: TakenApart) -> list[float]:
    """The difference to what was to be expected, and both levels within the range of the surroundings."""
    difference = (defect.pixels - defect.expected) / defect.spread
    strong = (np.abs(difference) > _LEAST_SURPRISE) & grown(defect.inside, 2 * NEAR_PX)
    seen = strong if np.count_nonzero(strong) > 3 else defect.inside
    low, high = np.percentile(defect.pixels[defect.outside], (4, 96))
    span = max(float(high - low), 2 * LEAST_SPREAD)
    actual, expected = ((part[seen] - low) / span for part in (defect.pixels, defect.expected))
    inside = difference[defect.inside]
    return [
        float(inside.mean()),
        *(float(np.percentile(inside, level)) for level in (10, 90)),
        float(inside.std()),
        float((difference[seen] > 0).mean()),
        float(np.log(np.count_nonzero(seen)) / 2),
        elongation(seen)[0],
        *(float(value) for part in (actual, expected) for value in _levels(part)),
        _correlation(difference[seen], expected),
        _correlation(actual, expected),
    ]


def _levels(values: FloatArray) -> tuple[float, ...]:
    return (
        float(values.mean()),
        *(float(np.percentile(values, level)) for level in (10, 90)),
        float(values.std()),
    )


def _log_ratio(inside: float, around: float) -> float:
    return float(np.log((inside + _LEAST_TEXTURE) / (around + _LEAST_TEXTURE)))


def _correlation(first: FloatArray, second: FloatArray) -> float:
    product = (first - first.mean()) * (second - second.mean())
    return float(product.mean() / (first.std() * second.std() + 1e-4))
