"""Array types by role, and the one way to freeze an array."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

GrayImage: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16]  # (H, W), native bit depth
FloatArray: TypeAlias = NDArray[np.float32]
BoolArray: TypeAlias = NDArray[np.bool_]


def freeze(array: NDArray[Any], *, dtype: type[np.generic], ndim: int, name: str) -> NDArray[Any]:
    """A read-only view of an array, checked.

    Raises:
        ValueError: the array has another dtype or number of dimensions.
    """
    if array.dtype != dtype or array.ndim != ndim:
        raise ValueError(f"{name} must be {ndim}-d {dtype.__name__}, not {array.ndim}-d {array.dtype}")
    view = array.view()
    view.flags.writeable = False
    return view
