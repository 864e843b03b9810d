"""Connected defective areas, measured."""

import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import BoolArray, FloatArray
from core.domain.maps import Region
from core.segmentation.components import bounding_window, component_peaks, measure_components


def find_regions(mask: BoolArray, values: FloatArray) -> tuple[Region, ...]:
    """Measure the 8-connected components of a mask.

    Args:
        mask: (H, W) bool.
        values: (H, W) float32 score map of the same image.

    Returns:
        Regions that cover the mask exactly, most anomalous first (then larger, then from the top left).
    """
    if not mask.any():
        return ()
    window = bounding_window(mask)
    origin_xy = window[1].start, window[0].start
    count, labels, stats, centroids = measure_components(mask[window])
    peaks = component_peaks(values[window], labels, count)
    regions = [_region(origin_xy, stats[i], centroids[i], peaks[i]) for i in range(1, count + 1)]
    return tuple(sorted(regions, key=_most_anomalous_first))


def _region(
    origin_xy: tuple[int, int], stats: NDArray[np.int32], centroid: NDArray[np.float64], peak: np.float32
) -> Region:
    left, top, width, height, area = (int(value) for value in stats)
    return Region(
        bbox_xywh=(origin_xy[0] + left, origin_xy[1] + top, width, height),
        area_px=area,
        centroid_xy=(origin_xy[0] + float(centroid[0]), origin_xy[1] + float(centroid[1])),
        score=float(peak),
    )


def _most_anomalous_first(region: Region) -> tuple[float, int, int, int]:
    left, top, _, _ = region.bbox_xywh
    return -region.score, -region.area_px, top, left
