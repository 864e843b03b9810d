"""Thresholds from the scores of presumed defect-free images, however few they are."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student_t

from core.networks.score_cuts import FALSE_NG, FALSE_UNKNOWN

PRIOR_SPREAD = 0.5
"""Standard deviation of the score's logit among defect-free images of one product, where nothing better is known."""
PRIOR_IMAGES = 4
"""How many images that assumption is worth."""
_ENOUGH_ABOVE = 2
"""Images that must lie above a quantile before the sample's own is believed."""
_NEAREST = 1e-6  # scores this near to 0 or 1 have no logit to speak of
_MAD_TO_DEVIATION = 1.4826
_FARTHEST = 30.0  # the logit of a cut: float64 still tells its score from 1


def cuts_from_normals(scores: Sequence[float]) -> tuple[float, float]:
    """Image scores from which an image is Unknown, and NG.

    A share p of defect-free images may lie above a cut (FALSE_UNKNOWN, FALSE_NG). Where n·p ≥ 2, the cut is the
    sample's own quantile: from 20 images for Unknown, from 100 for NG. Below that it is the upper prediction bound
    of the next image, on logits: median + t(n + 3, 1 − p) · s · √(1 + 1/n), where
    s² = (4 · PRIOR_SPREAD² + (n − 1) · (1.4826 · MAD)²) / (n + 3). Median and MAD, because a presumed defect-free
    image may have a defect after all.

    Args:
        scores: in [0, 1], one an image.

    Returns:
        (unknown_at, ng_at), in (0, 1) and in order.

    Raises:
        ValueError: there are no scores.

    Source:
        Prediction bound of a normal sample with a scaled inverse χ² prior on its variance (Gelman et al. 2013,
        Sec. 2.6 and 3.2); robust estimates of place and spread instead of mean and deviation.
    """
    if not len(scores):
        raise ValueError("cuts need at least one score")
    clipped = np.clip(np.asarray(scores, np.float64), _NEAREST, 1 - _NEAREST)
    logits = np.log(clipped / (1 - clipped))
    unknown, ng = (_cut(logits, share) for share in (FALSE_UNKNOWN, FALSE_NG))
    return _score(unknown), _score(max(unknown, ng))


def _cut(logits: NDArray[np.float64], share: float) -> float:
    if len(logits) * share >= _ENOUGH_ABOVE:
        return float(np.quantile(logits, 1 - share))
    return _prediction_bound(logits, share)


def _prediction_bound(logits: NDArray[np.float64], share: float) -> float:
    count = len(logits)
    median = float(np.median(logits))
    own = _MAD_TO_DEVIATION * float(np.median(np.abs(logits - median)))
    freedom = PRIOR_IMAGES + count - 1
    spread = math.sqrt((PRIOR_IMAGES * PRIOR_SPREAD**2 + (count - 1) * own**2) / freedom)
    reach = float(student_t.ppf(1 - share, freedom))
    return median + reach * spread * math.sqrt(1 + 1 / count)


def _score(logit: float) -> float:
    """Never 0 or 1: from a cut at 1 on, nothing would ever be NG."""
    return float(1 / (1 + np.exp(-np.clip(logit, -_FARTHEST, _FARTHEST))))
