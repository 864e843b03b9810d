"""Geometry of the report's charts; the template only draws it."""

from dataclasses import dataclass

import numpy as np

from core.domain.review import ReviewItem
from core.reporting.totals import LotTotals, model_outcome

_BINS = 40
_STACK = ("ok", "unknown", "ng")


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle of a chart in SVG units, y downwards."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """Image scores, stacked by the model's verdict.

    Attributes:
        low, high: scores at the left and right end.
        threshold_x: where the NG threshold lies; None when the rows have several, or it lies outside.
        peak: images in the fullest bin.
    """

    bars: tuple[Bar, ...]
    low: float
    high: float
    threshold: float | None
    threshold_x: float | None
    peak: int


def outcome_bar(totals: LotTotals, *, width: float, height: float) -> tuple[Bar, ...]:
    """One stacked bar of what became of all rows, in the order NG, unknown, OK, failed, not run."""
    counts = (
        ("ng", totals.ng, "NG"),
        ("unknown", totals.unknown, "Unknown"),
        ("ok", totals.ok, "OK"),
        ("failed", totals.failed, "failed"),
        ("not_run", totals.not_run, "not run"),
    )
    bars, x = [], 0.0
    for kind, count, text in counts:
        share = width * count / max(totals.images, 1)
        bars.append(Bar(kind, x, 0, share, height, f"{count} {text}"))
        x += share
    return tuple(bars)


def score_histogram(items: tuple[ReviewItem, ...], *, width: float, height: float) -> Histogram | None:
    """Histogram of the image scores; None when nothing was measured."""
    measured = [item.detection for item in items if item.detection and item.detection.score is not None]
    if not measured:
        return None
    scores = np.array([detection.score for detection in measured], dtype=np.float64)
    thresholds = {detection.threshold for detection in measured}
    threshold = thresholds.pop() if len(thresholds) == 1 else None
    low, high = _limits(scores, threshold)
    counts = _stacked_counts(items, low, high)
    peak = int(counts.sum(axis=0).max())
    inside = threshold is not None and low <= threshold <= high
    return Histogram(
        bars=_stacked_bars(counts, width, height, peak),
        low=low,
        high=high,
        threshold=threshold,
        threshold_x=(threshold - low) / (high - low) * width if inside and threshold is not None else None,
        peak=peak,
    )


def _limits(scores: np.ndarray, threshold: float | None) -> tuple[float, float]:
    """The scores' range, stretched to show the threshold and never empty."""
    values = [float(scores.min()), float(scores.max())]
    if threshold is not None and np.isfinite(threshold):
        values.append(threshold)
    low, high = min(values), max(values)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _stacked_counts(items: tuple[ReviewItem, ...], low: float, high: float) -> np.ndarray:
    """(3, bins) images per verdict and bin."""
    by_kind: dict[str, list[float]] = {kind: [] for kind in _STACK}
    for item in items:
        if item.detection and item.detection.score is not None and model_outcome(item) in by_kind:
            by_kind[model_outcome(item)].append(item.detection.score)
    return np.stack([np.histogram(by_kind[kind], bins=_BINS, range=(low, high))[0] for kind in _STACK])


def _stacked_bars(counts: np.ndarray, width: float, height: float, peak: int) -> tuple[Bar, ...]:
    step, bars = width / _BINS, []
    for column in range(_BINS):
        y = height
        for kind, count in zip(_STACK, counts[:, column].tolist(), strict=True):
            if count:
                tall = height * count / peak
                y -= tall
                bars.append(Bar(kind, column * step + 0.5, y, step - 1, tall, f"{count} images, {kind}"))
    return tuple(bars)
