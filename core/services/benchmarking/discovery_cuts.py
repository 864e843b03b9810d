"""Ablations of the crops that discovery is fed with: the paper's Tables 6 and 7."""

from dataclasses import replace

import cv2
import numpy as np

from core.domain.arrays import BoolArray
from core.domain.maps import Crop, Mask
from core.segmentation import find_regions
from core.segmentation.components import clean_mask
from core.services.detection.specimens import Specimen, cut_specimen

_FIXED_CUT = 0.5  # half of the maps' range
_LEAST_AREA_PX = 9
_BORDER_PX = 2


def cut_whole(specimen: Specimen) -> tuple[Crop, ...]:
    """The image as one crop, its largest square, with the masks of the regions."""
    side = min(specimen.image.shape)
    height, width = specimen.image.shape
    window = np.s_[(height - side) // 2 :, (width - side) // 2 :]
    full_scale = np.float32(np.iinfo(specimen.image.dtype).max)
    excess = (specimen.score_map.values - specimen.floor) / max(1 - specimen.floor, 1e-6)
    first = cut_specimen(specimen)[0]
    return (
        Crop(
            origin_xy=((width - side) // 2, (height - side) // 2),
            pixels=specimen.image[window][:side, :side].astype(np.float32) / full_scale,
            soft_mask=np.clip(excess, 0, 1)[window][:side, :side].astype(np.float32),
            region=first.region,
        ),
    )


def cut_without_mask(specimen: Specimen) -> tuple[Crop, ...]:
    """Crops whose masks say nothing."""
    return tuple(replace(crop, soft_mask=np.zeros_like(crop.soft_mask)) for crop in cut_specimen(specimen))


def cut_hard(specimen: Specimen) -> tuple[Crop, ...]:
    """Crops with masks of 0 and 1."""
    return tuple(
        replace(crop, soft_mask=(crop.soft_mask > 0).astype(np.float32)) for crop in cut_specimen(specimen)
    )


def cut_at_fixed(specimen: Specimen) -> tuple[Crop, ...]:
    """Regions where the map exceeds half of its range."""
    return _cut_mask(specimen, specimen.score_map.values > _FIXED_CUT)


def cut_at_otsu(specimen: Specimen) -> tuple[Crop, ...]:
    """Regions where the map exceeds Otsu's threshold of the image."""
    levels = np.clip(specimen.score_map.values * 255, 0, 255).astype(np.uint8)
    cut, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return _cut_mask(specimen, levels > cut)


def _cut_mask(specimen: Specimen, mask: BoolArray) -> tuple[Crop, ...]:
    cleaned = clean_mask(mask, min_area_px=_LEAST_AREA_PX, border_px=_BORDER_PX)
    regions = find_regions(cleaned, specimen.score_map.values)
    return cut_specimen(replace(specimen, mask=Mask(cleaned), regions=regions))
