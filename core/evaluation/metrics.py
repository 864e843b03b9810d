"""The figures by which a detector is judged, each defined once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from core.domain.arrays import BoolArray, FloatArray
from core.evaluation.ranking import rank

_PIXEL_STEP = 2  # every 2nd pixel in each direction enters the pixel figures
_PRO_LIMIT = 0.3
_PRO_CUTS = 200
_PRO_LEAST_RATE = 1e-4


@dataclass(frozen=True, slots=True)
class DetectionFigures:
    """How well a detector did on images with known truth; None where a figure is not defined.

    Attributes:
        images: number of images.
        i_auroc, i_f1max: of the image scores against the labels.
        p_auroc, p_ap, p_f1max: of the maps against the true masks, over every 2nd pixel in each direction.
        pro: per-region overlap, averaged over the false-positive rates up to 0.3.
        mask_iou: mean IoU of the written masks, over images with a true defect.
        found: share of the true regions that a written mask touches.
        clean_empty: share of images without a true defect whose written mask is empty.
    """

    images: int
    i_auroc: float | None
    i_f1max: float | None
    p_auroc: float | None
    p_ap: float | None
    p_f1max: float | None
    pro: float | None
    mask_iou: float | None
    found: float | None
    clean_empty: float | None


def score_detections(
    maps: Sequence[FloatArray],
    true_masks: Sequence[BoolArray],
    written_masks: Sequence[BoolArray],
    image_scores: Sequence[float],
    is_defective: Sequence[bool],
) -> DetectionFigures:
    """Judge a detector's maps, masks and scores against the truth.

    Args:
        maps: (H, W) float32 each, higher = more anomalous.
        true_masks: (H, W) bool each; all False where there is no defect.
        written_masks: (H, W) bool each, as the detector drew them.
        image_scores: one an image, higher = more anomalous.
        is_defective: the label of each image.

    Raises:
        ValueError: there are no images, the lists differ in length, or a map and its masks in size.
    """
    _check(maps, true_masks, written_masks, image_scores, is_defective)
    images = rank(np.asarray(image_scores, dtype=np.float64), np.asarray(is_defective, dtype=np.bool_))
    sparse_maps = [values[::_PIXEL_STEP, ::_PIXEL_STEP] for values in maps]
    sparse_truth = [truth[::_PIXEL_STEP, ::_PIXEL_STEP] for truth in true_masks]
    pixels = rank(_flat(sparse_maps), _flat(sparse_truth))
    return DetectionFigures(
        images=len(maps),
        i_auroc=images.auroc,
        i_f1max=images.f1max,
        p_auroc=pixels.auroc,
        p_ap=pixels.average_precision,
        p_f1max=pixels.f1max,
        pro=region_overlap(sparse_maps, sparse_truth),
        mask_iou=_mean([_iou(a, b) for a, b in zip(written_masks, true_masks, strict=True) if b.any()]),
        found=_mean(_touched_regions(written_masks, true_masks)),
        clean_empty=_mean(
            [not a.any() for a, b in zip(written_masks, true_masks, strict=True) if not b.any()]
        ),
    )


def region_overlap(maps: Sequence[FloatArray], true_masks: Sequence[BoolArray]) -> float | None:
    """Per-region overlap (PRO) averaged over false-positive rates from 0.0001 to 0.3.

    At each of 200 rates the map is cut where that share of all defect-free pixels lies above; the overlap is the
    share of a 4-connected true region above the cut, averaged over the regions.

    Args:
        maps: (H, W) float32 each.
        true_masks: (H, W) bool each.

    Returns:
        In [0, 1]; None without a defective region or without a defect-free pixel.

    Source:
        Bergmann et al. 2020 (MVTec AD), Sec. 4.2; the limit 0.3 is theirs.
    """
    pairs = list(zip(maps, true_masks, strict=True))
    normal = np.concatenate([values[~truth] for values, truth in pairs])
    regions = [region for values, truth in pairs for region in _sorted_region_values(values, truth)]
    if not regions or not normal.size:
        return None
    rates = np.linspace(_PRO_LEAST_RATE, _PRO_LIMIT, _PRO_CUTS)
    cuts = np.quantile(normal, 1 - rates)
    overlaps = np.mean([1 - np.searchsorted(region, cuts) / region.size for region in regions], axis=0)
    return float(np.trapezoid(overlaps, rates) / (rates[-1] - rates[0]))


def _sorted_region_values(values: FloatArray, truth: BoolArray) -> list[FloatArray]:
    labels, count = ndimage.label(truth)
    return [np.sort(values[labels == label]) for label in range(1, count + 1)]


def _touched_regions(written_masks: Sequence[BoolArray], true_masks: Sequence[BoolArray]) -> list[bool]:
    touched: list[bool] = []
    for written, truth in zip(written_masks, true_masks, strict=True):
        labels, count = ndimage.label(truth)
        hit = set(np.unique(labels[written]).tolist())
        touched += [label in hit for label in range(1, count + 1)]
    return touched


def _iou(a: BoolArray, b: BoolArray) -> float:
    return float(np.count_nonzero(a & b) / np.count_nonzero(a | b))


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None


def _flat(arrays: Sequence[FloatArray] | Sequence[BoolArray]) -> np.ndarray:
    return np.concatenate([array.ravel() for array in arrays])


def _check(
    maps: Sequence[FloatArray],
    true_masks: Sequence[BoolArray],
    written_masks: Sequence[BoolArray],
    image_scores: Sequence[float],
    is_defective: Sequence[bool],
) -> None:
    if not maps:
        raise ValueError("there are no images to score")
    lengths = {len(maps), len(true_masks), len(written_masks), len(image_scores), len(is_defective)}
    if len(lengths) > 1:
        raise ValueError(f"maps, masks, scores and labels differ in number: {sorted(lengths)}")
    for values, truth, written in zip(maps, true_masks, written_masks, strict=True):
        if not values.shape == truth.shape == written.shape:
            raise ValueError(f"map {values.shape}, true mask {truth.shape}, written mask {written.shape}")
