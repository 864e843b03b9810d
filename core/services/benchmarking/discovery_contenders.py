"""Who is measured at discovery: ours, the same with parts taken out, and other ways to group."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from core.discovery.reduction import centred_directions
from core.domain.arrays import FloatArray
from core.domain.discovery import DEFECT_FREE
from core.domain.discovery_options import DESCRIPTORS_ALONE, DiscoveryOptions
from core.jobs import JobContext
from core.services.benchmarking.discovery_cuts import (
    cut_at_fixed,
    cut_at_otsu,
    cut_hard,
    cut_whole,
    cut_without_mask,
)
from core.services.detection.specimens import cut_specimen
from core.services.discovery.classifying import classify_lot
from core.services.discovery.describing import Cutter, DescribedLot, leading_regions

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
        DiscoveryContender("without descriptors", "ablation", cut_specimen, "default", _with()),
        DiscoveryContender("descriptors alone", "ablation", cut_specimen, DESCRIPTORS_ALONE, _with()),
        DiscoveryContender("with heads", "ablation", cut_specimen, None, _with(head="parametric")),
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
