"""From a logit map to the one place whose class is asked for."""

import cv2
import numpy as np

from core.domain.arrays import BoolArray, FloatArray

_SMOOTH_PX = 1.0
_REACH = 2.0
"""Logits below the peak that still belong to it, where the peak itself is doubtful; with more, half the image does."""
_LEAST_SHARE = 0.25
"""Of the strongest part's evidence: weaker parts are most often nothing."""


def marked_place(logits: FloatArray) -> FloatArray:
    """Where the image's most convincing defect is, however little convincing it is.

    Args:
        logits: (H, W) defect logits.

    Returns:
        (H, W) float32, 1 at the place and 0 elsewhere; never empty. Parts with at least a quarter of the evidence of
        the strongest belong to it: a scratch is often marked in pieces.
    """
    smooth = cv2.GaussianBlur(logits.astype(np.float32), (0, 0), _SMOOTH_PX)
    peak = float(smooth.max())
    cut = min(0.0, peak - _REACH)
    above = smooth > cut
    count, labels = cv2.connectedComponents(above.astype(np.uint8), connectivity=8)
    evidence = np.bincount(labels.ravel(), weights=np.where(above, smooth - cut, 0).ravel(), minlength=count)
    evidence[0] = 0.0
    kept: BoolArray = evidence >= _LEAST_SHARE * evidence.max()
    kept[0] = False
    return kept[labels].astype(np.float32)
