"""Which maps point at a place at all."""

import math

from core.domain.arrays import FloatArray


def has_contrast(values: FloatArray) -> bool:
    """Whether a map differs anywhere. One that is equal all over, even at 1, outlines nothing: its mask is empty.

    Raises:
        ValueError: the map is empty, or holds NaN or infinities; nothing can be said of such an image, least of
            all that it is clean.
    """
    if not values.size:
        raise ValueError(f"the score map is empty: {values.shape}")
    lowest, highest = float(values.min()), float(values.max())
    if not math.isfinite(lowest) or not math.isfinite(highest):
        raise ValueError("the score map holds NaN or infinities")
    return lowest < highest
