"""Who is measured at discovery: ours, the same with parts taken out, and other ways to group."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np

from core.discovery.reduction import centred_directions
from core.domain.arrays import BoolArray, FloatArray
from core.domain.discovery import DEFECT_FREE
from core.domain.discovery_options import DiscoveryOptions
from core.domain.maps import Crop, Mask
from core.jobs import JobContext
from core.segmentation import find_regions
from core.segmentation.components import clean_mask
from core.services.discovery_crops import Cutter, DescribedLot, leading_regions
from core.services.discovery_images import classify_lot
from core.services.specimens import Specimen, cut_specimen

_FIXED_CUT = 0.5  # half of the maps' range
_DIMENSIONS = 64
_LEAST_GROUP = 4

Grouping = Callable[
    [DescribedLot, Mapping[str, str], DiscoveryOptions, JobContext], tuple[Mapping[str, str], int]
]
"""From a described lot and its labels to a class by image, and the number of defect classes."""


@dataclass(frozen=True, slots=True)
class DiscoveryContender:
    """One line of a table.

    Attributes:
        name: for tables.
        group: "ours", "ablation" or "peer".
        cut: makes the crops.
        embedding: as in the recipe; None for the recipe's own.
        find: groups them.
    """

    name: str
    group: str
    cut: Cutter
    embedding: str | None
    find: Grouping


def discovery_contenders() -> tuple[DiscoveryContender, ...]:
    """Ours first."""
    cuts = {
        "no crop": cut_whole,
        "no mask": cut_without_mask,
        "hard mask": cut_hard,
        "fixed threshold": cut_at_fixed,
        "Otsu threshold": cut_at_otsu,
    }
    return (
        DiscoveryContender("ours", "ours", cut_specimen, None, _with()),
        *(DiscoveryContender(name, "ablation", cut, None, _with()) for name, cut in cuts.items()),
        DiscoveryContender("k-means alone", "ablation", cut_specimen, None, _with(head="kmeans")),
        DiscoveryContender(
            "heads, known excluded",
            "ablation",
            cut_specimen,
            None,
            _with(head="parametric", exclude_known=True),
        ),
        DiscoveryContender("k-means on raw features", "peer", cut_specimen, "raw", _plain_kmeans),
        DiscoveryContender("GCD", "peer", cut_specimen, None, _with(head="kmeans", count_rule="gcd")),
        DiscoveryContender(
            "SimGCD-style", "peer", cut_specimen, None, _with(head="simgcd", count_rule="gcd")
        ),
        DiscoveryContender("HDBSCAN", "peer", cut_specimen, None, _hdbscan),
    )


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
    cleaned = clean_mask(mask, min_area_px=9, border_px=2)
    regions = find_regions(cleaned, specimen.score_map.values)
    return cut_specimen(replace(specimen, mask=Mask(cleaned), regions=regions))


def _with(**changes: object) -> Grouping:
    """Our grouping, with other options."""

    def find(
        lot: DescribedLot, labels: Mapping[str, str], options: DiscoveryOptions, ctx: JobContext
    ) -> tuple[Mapping[str, str], int]:
        found = classify_lot(lot, labels, options.model_copy(update=changes), ctx)
        return {one.image: one.name for one in found.images}, found.count.estimated_total

    return find


def _plain_kmeans(
    lot: DescribedLot, _labels: Mapping[str, str], options: DiscoveryOptions, ctx: JobContext
) -> tuple[Mapping[str, str], int]:
    """No label is used; the number of groups is that of the highest silhouette."""
    return _with(head="kmeans", count_rule="silhouette")(lot, {}, options, ctx)


def _hdbscan(
    lot: DescribedLot, _labels: Mapping[str, str], _options: DiscoveryOptions, ctx: JobContext
) -> tuple[Mapping[str, str], int]:
    """Groups of density; what it calls noise is a group of its own, but no class."""
    from sklearn.cluster import HDBSCAN

    ctx.check()
    chosen = np.flatnonzero(leading_regions(lot) & ~lot.passed[lot.image_of])
    space: FloatArray = centred_directions(lot.embeddings[chosen], _DIMENSIONS)
    groups = HDBSCAN(min_cluster_size=_LEAST_GROUP, copy=True).fit_predict(space)
    names = dict.fromkeys(lot.images, DEFECT_FREE)
    names |= {
        lot.images[image]: f"group {group}" for image, group in zip(lot.image_of[chosen], groups, strict=True)
    }
    return names, int(groups.max()) + 1
