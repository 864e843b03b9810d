"""What can be measured on a defect without training: size, shape, contrast, texture, and how unexpected it is there."""

from dataclasses import dataclass

import cv2
import numpy as np

from core.domain.arrays import BoolArray, FloatArray
from core.domain.maps import Crop

_OUTLINE = 0.25  # of the soft mask's maximum
_BLUR_PX, _CURVATURE_PX = 1.0, 2.0
_NEAR_PX = 2
_LEAST_SPREAD = 0.01  # of the full scale
_LEAST_TEXTURE = 0.003
_LEAST_SURPRISE = 0.35  # in deviations of the surroundings: a smaller difference belongs to no defect
_LARGEST = 8.0


@dataclass(frozen=True, slots=True)
class _Defect:
    """A crop taken apart; (S, S) each.

    Attributes:
        pixels: slightly blurred.
        expected: what was to be expected.
        inside, ring, outside: bool.
        spread: of the pixels outside.
    """

    pixels: FloatArray
    expected: FloatArray
    inside: BoolArray
    ring: BoolArray
    outside: BoolArray
    spread: float

    @property
    def extent(self) -> int:
        """Longer side of the defect's box, px."""
        return _extent(self.inside)


def measure_defect(crop: Crop) -> FloatArray:
    """(D,) float32 descriptors of a crop, each within ±8; lengths as logarithms, levels in deviations around it."""
    defect = _take_apart(crop)
    values = [*_shape(defect), *_contrast(defect), *_texture(defect), *_alignment(defect), *_surprise(defect)]
    return np.clip(np.nan_to_num(np.array(values, np.float32)), -_LARGEST, _LARGEST)


def _take_apart(crop: Crop) -> _Defect:
    inside = crop.soft_mask > _OUTLINE * max(float(crop.soft_mask.max()), 1e-6)
    if not inside.any() or inside.all():
        inside = _middle(inside.shape)
    pixels: FloatArray = cv2.GaussianBlur(crop.pixels, (0, 0), _BLUR_PX)
    outside = _grown(inside, _NEAR_PX) == 0
    ring = outside & (_grown(inside, _NEAR_PX + int(np.clip(0.6 * _extent(inside), 6, 24))) > 0)
    outside = outside if outside.any() else ~inside
    ring = ring if ring.any() else outside
    spread = max(float(pixels[outside].std()), _LEAST_SPREAD)
    expected = pixels if crop.expected is None else crop.expected
    return _Defect(pixels, expected, inside, ring, outside, spread)


def _shape(defect: _Defect) -> list[float]:
    """Size, extent, elongation, solidity."""
    rows, columns = np.nonzero(defect.inside)
    hull = cv2.convexHull(np.stack([columns, rows], axis=1).astype(np.int32))
    filled = max(cv2.contourArea(hull), 0.5 * len(rows), 1.0)
    return [np.log(len(rows)) / 2, np.log(defect.extent), _elongation(defect.inside)[0], len(rows) / filled]


def _contrast(defect: _Defect) -> list[float]:
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


def _texture(defect: _Defect) -> list[float]:
    """Roughness and edges inside against the ring, the core against the rim, dome against dent."""
    pixels, inside, ring = defect.pixels, defect.inside, defect.ring
    edges = np.hypot(*_slopes(pixels))
    core = _shrunk(inside, max(1, int(0.15 * defect.extent))) > 0
    core = core if core.any() else inside
    rim = inside & ~core if (inside & ~core).any() else inside
    curvature = cv2.Laplacian(cv2.GaussianBlur(pixels, (0, 0), _CURVATURE_PX), cv2.CV_32F)
    return [
        _log_ratio(pixels[inside].std(), pixels[ring].std()),
        _log_ratio(edges[inside].mean(), edges[ring].mean()),
        float(pixels[core].mean() - pixels[rim].mean()) / defect.spread,
        float(curvature[inside].mean() / (np.abs(curvature[defect.outside]).mean() + 1e-4)),
    ]


def _alignment(defect: _Defect) -> list[float]:
    """How directed the pattern is, and whether the defect lies along it (+) or across (−)."""
    slope_x, slope_y = (slope[defect.outside] for slope in _slopes(defect.pixels))
    tensor = np.array([[(slope_x**2).mean(), (slope_x * slope_y).mean()], [0, (slope_y**2).mean()]])
    weights, directions = np.linalg.eigh(tensor, UPLO="U")
    coherence = float((weights[1] - weights[0]) / (weights.sum() + 1e-9))
    across = float(np.arctan2(directions[1, 1], directions[0, 1]))
    elongation, angle = _elongation(defect.inside)
    return [coherence, -elongation * coherence * float(np.cos(2 * (angle - across)))]


def _surprise(defect: _Defect) -> list[float]:
    """The difference to what was to be expected, and both levels within the range of the surroundings."""
    difference = (defect.pixels - defect.expected) / defect.spread
    strong = (np.abs(difference) > _LEAST_SURPRISE) & (_grown(defect.inside, 2 * _NEAR_PX) > 0)
    seen = strong if np.count_nonzero(strong) > 3 else defect.inside
    low, high = np.percentile(defect.pixels[defect.outside], (4, 96))
    span = max(float(high - low), 2 * _LEAST_SPREAD)
    actual, expected = ((part[seen] - low) / span for part in (defect.pixels, defect.expected))
    inside = difference[defect.inside]
    return [
        float(inside.mean()),
        *(float(np.percentile(inside, level)) for level in (10, 90)),
        float(inside.std()),
        float((difference[seen] > 0).mean()),
        float(np.log(np.count_nonzero(seen)) / 2),
        _elongation(seen)[0],
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


def _elongation(mask: BoolArray) -> tuple[float, float]:
    """Logarithm of the ratio of the axes, and the angle of the longer one."""
    rows, columns = np.nonzero(mask)
    points = np.stack([columns, rows]).astype(np.float64)
    covariance = np.cov(points) if points.shape[1] > 1 else np.zeros((2, 2))
    weights, directions = np.linalg.eigh(covariance + 0.1 * np.eye(2))
    return float(np.log(weights[1] / weights[0]) / 2), float(np.arctan2(directions[1, 1], directions[0, 1]))


def _slopes(pixels: FloatArray) -> tuple[FloatArray, FloatArray]:
    return cv2.Sobel(pixels, cv2.CV_32F, 1, 0) / 8, cv2.Sobel(pixels, cv2.CV_32F, 0, 1) / 8


def _log_ratio(inside: float, around: float) -> float:
    return float(np.log((inside + _LEAST_TEXTURE) / (around + _LEAST_TEXTURE)))


def _correlation(first: FloatArray, second: FloatArray) -> float:
    product = (first - first.mean()) * (second - second.mean())
    return float(product.mean() / (first.std() * second.std() + 1e-4))


def _extent(mask: BoolArray) -> int:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(max(np.ptp(rows), np.ptp(columns))) + 1


def _middle(shape_hw: tuple[int, ...]) -> BoolArray:
    """Where nothing is marked, the defect is taken to lie in the middle."""
    mask = np.zeros(shape_hw, np.bool_)
    third = (
        slice(shape_hw[0] // 3, -(-2 * shape_hw[0] // 3)),
        slice(shape_hw[1] // 3, -(-2 * shape_hw[1] // 3)),
    )
    mask[third] = True
    return mask


def _grown(mask: BoolArray, reach: int) -> FloatArray:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2)
    grown: FloatArray = cv2.dilate(mask.astype(np.uint8), kernel)
    return grown


def _shrunk(mask: BoolArray, reach: int) -> FloatArray:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2)
    shrunk: FloatArray = cv2.erode(mask.astype(np.uint8), kernel)
    return shrunk
