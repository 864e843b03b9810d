"""Logistic fusion of evidence that may speak for a defect and never against one."""

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from core.domain.arrays import BoolArray, FloatArray


def fit_logit(
    table: FloatArray, truths: BoolArray, weights: NDArray[np.floating]
) -> tuple[float, list[float]]:
    """Bias and one weight a source, none of them negative: evidence of a defect cannot clear a place.

    Args:
        table: (P, K) evidence of sampled pixels.
        truths: (P,) whether they are defective.
        weights: (P,) how many pixels each stands for.

    Returns:
        The bias, and K weights ≥ 0; a source that would get a negative one is left out, weight 0.
    """
    kept = list(range(table.shape[1]))
    while True:
        model = LogisticRegression(C=100.0, max_iter=500)
        model.fit(table[:, kept], truths, sample_weight=weights / weights.mean())
        coefficients = model.coef_[0]
        against = [index for index, value in zip(kept, coefficients, strict=True) if value < 0]
        if not against or len(kept) == 1:
            break
        kept = [index for index in kept if index not in against] or kept[:1]
    fitted = [0.0] * table.shape[1]
    for index, value in zip(kept, coefficients, strict=True):
        fitted[index] = max(0.0, float(value))
    return float(model.intercept_[0]), fitted
