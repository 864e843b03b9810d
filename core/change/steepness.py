"""How steep a picture is."""

import cv2
import numpy as np

from core.domain.arrays import FloatArray


def slopes_of(image: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(H, W) slopes to the right and downwards, grey levels a pixel."""
    right: FloatArray = cv2.Sobel(image, cv2.CV_32F, 1, 0, ksize=3) / 8
    down: FloatArray = cv2.Sobel(image, cv2.CV_32F, 0, 1, ksize=3) / 8
    return right, down


def steepness_of(image: FloatArray, reach_px: int) -> FloatArray:
    """(H, W) greatest slope in a square of `reach_px` around each pixel, grey levels a pixel."""
    right, down = slopes_of(image)
    slope = np.hypot(right, down).astype(np.float32)
    steepness: FloatArray = cv2.dilate(slope, np.ones((reach_px, reach_px), np.uint8))
    return steepness
