"""From a method's own scale to the one scale of maps and scores, by what normal images reach."""

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict

from core.domain.arrays import FloatArray

HIGH = 0.9
"""Share of the normal images whose highest place lies below a map value of one half."""
_TYPICAL_LOGIT = -6.0  # of the median normal place
_BEND_OVER = 3.0
"""Above `high` the logit grows with the logarithm: float32 still tells a thousand times as much from more."""
_MAD_TO_DEVIATION = 1.4826
_CENTRE, _PER_DEVIATION, _BEND = -2.0, 0.5, 4.0
_LEAST = 1e-6


class VadCalibration(BaseModel):
    """Scalars that were read off held-back normal images.

    Attributes:
        typical: median of the raw maps' pixels.
        high: raw value that the highest place of HIGH of the images stays below; it becomes one half.
        median, deviation: of the raw image scores, robust.
        floor: map value from which a pixel may be called defective.
        unknown_at, ng_at: cuts on the image score.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    typical: float
    high: float
    median: float
    deviation: float
    floor: float = 0.5
    unknown_at: float = 0.5
    ng_at: float = 0.6

    def map_values(self, raw: FloatArray) -> FloatArray:
        """(h, w) raw to [0, 1], in the same order: 0.002 at a typical normal place, one half at `high`."""
        reach = (raw.astype(np.float64) - self.high) / max(self.high - self.typical, _LEAST)
        over = np.log1p(_BEND_OVER * np.maximum(reach, 0)) / _BEND_OVER
        logits = -_TYPICAL_LOGIT * np.where(reach < 0, reach, over)
        return (1 / (1 + np.exp(-np.clip(logits, -60, 60)))).astype(np.float32)

    def image_score(self, raw: float) -> float:
        """Raw to [0, 1], in the same order; one half at four deviations above the median normal image."""
        reach = (raw - self.median) / max(self.deviation, _LEAST)
        over = max(0.0, reach - _BEND) / _BEND
        logit = _CENTRE + _PER_DEVIATION * (min(reach, _BEND) + _BEND * float(np.log1p(over)))
        return float(1 / (1 + np.exp(-np.clip(logit, -30, 30))))


def fit_scales(maps: Sequence[FloatArray], scores: Sequence[float]) -> VadCalibration:
    """Scales from what the method says of normal images that it did not learn from.

    Args:
        maps: (h, w) raw each.
        scores: raw, one an image.

    Returns:
        With cuts yet to be fitted.

    Raises:
        ValueError: there are no images.
    """
    if not len(maps):
        raise ValueError("a calibration needs at least one image")
    typical = float(np.median([np.median(one) for one in maps]))
    high = float(np.quantile([one.max() for one in maps], HIGH))
    values = np.asarray(scores, np.float64)
    median = float(np.median(values))
    spread = _MAD_TO_DEVIATION * float(np.median(np.abs(values - median)))
    # Of a few images the deviation is a guess: never less than what a hundredth of the level is.
    deviation = max(spread, abs(median) * 0.01, _LEAST)
    return VadCalibration(typical=typical, high=high, median=median, deviation=deviation)
