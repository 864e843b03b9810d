"""A defect's outline, drawn anew: where the crop differs from what was to be expected, not where a map is high.

A detector's map is coarse and smooth. It says where to look; the difference says what is there.
"""

from dataclasses import replace

import cv2
import numpy as np

from core.discovery.embedding.taking_apart import TakenApart, grown, take_apart
from core.domain.arrays import BoolArray
from core.domain.maps import Crop

_REACH_PX = 4  # beyond the soft mask's outline, as far as the expectation was looked up
_LEAST_SURPRISE = 0.35  # in deviations of the surroundings: a smaller difference belongs to no defect
_SHARE_OF_LARGEST = 0.4  # of the difference's 95th percentile
_LEAST_PART = 0.1  # of the largest part's area
_LEAST_PX = 4


def outline_crop(crop: Crop) -> Crop:
    """The crop with the outline of its difference for a soft mask; as it is where nobody looked or nothing differs."""
    if crop.expected is None:
        return crop
    return replace(crop, soft_mask=find_difference(take_apart(crop)).astype(np.float32))


def find_difference(taken: TakenApart) -> BoolArray:
    """(S, S) bool, pixels about the mask that differ from what was to be expected; the mask itself where none do."""
    near = grown(taken.inside, _REACH_PX)
    difference = np.abs(taken.pixels - taken.expected)
    strong = _SHARE_OF_LARGEST * float(np.percentile(difference[near], 95))
    differs = (difference > max(_LEAST_SURPRISE * taken.spread, strong)) & near
    kept = _without_specks(differs)
    return kept if np.count_nonzero(kept) >= _LEAST_PX else taken.inside


def _without_specks(mask: BoolArray) -> BoolArray:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    if count == 1:
        return mask
    areas = stats[:, cv2.CC_STAT_AREA]
    keep = areas >= max(_LEAST_PX, _LEAST_PART * areas[1:].max())
    keep[0] = False
    kept: BoolArray = keep[labels]
    return kept
