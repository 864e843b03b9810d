"""From described regions to a class for every image."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.discovery.discovering import discover_clusters
from core.discovery.image_class import region_weights, vote
from core.discovery.joining import join_clusters
from core.discovery.kmeans import UNLABELLED, IntArray
from core.domain.discovery import DEFECT_FREE, ClassCount, Cluster, Discovery
from core.domain.discovery_options import DiscoveryOptions
from core.jobs import JobContext
from core.services.discovery.describing import DescribedLot, grouped_regions, label_regions, leading_regions


@dataclass(frozen=True, slots=True)
class ImageClass:
    """The class of one image.

    Attributes:
        name: of the class; DEFECT_FREE where there is no defect.
        is_novel: whether no class bears that name yet.
        confidence: in [0, 1]; 1 for a label that was given.
        cluster: number in the discovery; None where there is none of that class.
    """

    image: str
    name: str
    is_novel: bool
    confidence: float
    cluster: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Classified:
    """What discovery says of a lot.

    Attributes:
        lot: its described regions.
        grouped: (G,) int64, the regions that were grouped.
        discovery: of those, in that order; None where there are none.
        weights: (R,) each region's share in its image's vote.
        images: one class an image, in the lot's order.
    """

    lot: DescribedLot
    grouped: IntArray
    discovery: Discovery | None
    weights: NDArray[np.float64]
    images: tuple[ImageClass, ...]

    @property
    def count(self) -> ClassCount:
        """How many defect classes; none where there is no region."""
        return ClassCount(0, 0, (0, 0), 1.0) if self.discovery is None else self.discovery.count


def classify_lot(
    lot: DescribedLot, labels: Mapping[str, str], options: DiscoveryOptions, ctx: JobContext
) -> Classified:
    """Group the regions of a lot and give every image a class.

    An image that passed takes no part in the grouping. It is defect-free, unless its most anomalous place looks like
    a group of defects: a detector that is sure of nothing misses what is faint.

    Args:
        lot: described regions.
        labels: class by image name; DEFECT_FREE for defect-free images.
        options: the recipe's discovery section.

    Raises:
        JobCancelled: between clusterings.
    """
    ctx.report(0, 0, "grouping the defects")
    grouped = grouped_regions(lot)
    weights = _weigh(lot, options.label_temperature)
    if not len(grouped):
        images = tuple(_named(name, DEFECT_FREE, None) for name in lot.images)
        return Classified(lot, grouped, None, weights, images)
    names = list(dict.fromkeys(labels.values()))
    told = label_regions(lot, labels, names)[grouped]
    leads = leading_regions(lot)[grouped]
    discovery = discover_clusters(lot.embeddings[grouped], told, names, options, ctx.check, leads=leads)
    images = _vote(lot, labels, grouped, discovery, weights)
    return Classified(lot, grouped, discovery, weights, images)


def _weigh(lot: DescribedLot, temperature: float) -> NDArray[np.float64]:
    weights = np.zeros(len(lot.regions))
    for number in range(len(lot.images)):
        own = np.flatnonzero(lot.image_of == number)
        weights[own] = region_weights([lot.regions[index].area_px for index in own], temperature)
    return weights


def _vote(
    lot: DescribedLot,
    labels: Mapping[str, str],
    grouped: IntArray,
    discovery: Discovery,
    weights: NDArray[np.float64],
) -> tuple[ImageClass, ...]:
    places = np.full(len(lot.regions), -1)
    places[grouped] = np.arange(len(grouped))
    joined = _join(lot, grouped, discovery)
    images = []
    for number, name in enumerate(lot.images):
        own = np.flatnonzero(lot.image_of == number)
        if name in labels:
            images.append(_named(name, labels[name], discovery))
        elif lot.passed[number]:
            images.append(_joined(name, joined[own], discovery))
        else:
            rows = places[own]
            winner, clear = vote(discovery.cluster_of[rows], discovery.confidence[rows], weights[own])
            images.append(_of_cluster(name, discovery.clusters[winner], clear))
    return tuple(images)


def _join(lot: DescribedLot, grouped: IntArray, discovery: Discovery) -> IntArray:
    """(R,) cluster that each region of an image that passed looks like; −1 for none, and for all others."""
    rest = np.setdiff1d(np.arange(len(lot.regions)), grouped)
    clusters = np.full(len(lot.regions), UNLABELLED, np.int64)
    clusters[rest] = join_clusters(lot.embeddings[grouped], discovery.cluster_of, lot.embeddings[rest])
    return clusters


def _joined(image: str, clusters: IntArray, discovery: Discovery) -> ImageClass:
    if not (clusters != UNLABELLED).any():
        return _named(image, DEFECT_FREE, discovery)
    return _of_cluster(image, discovery.clusters[int(clusters.max())], 0.0)


def _of_cluster(image: str, cluster: Cluster, confidence: float) -> ImageClass:
    return ImageClass(image, cluster.name, cluster.is_novel, confidence, cluster.number)


def _named(image: str, label: str, discovery: Discovery | None) -> ImageClass:
    """An image whose class does not come from the grouping."""
    clusters = () if discovery is None else discovery.clusters
    number = next((one.number for one in clusters if one.name == label), None)
    return ImageClass(image, label, False, 1.0, number)
