"""The room's front door: embeddings and a few labels in, classes out."""

from collections.abc import Callable, Sequence

import numpy as np

from core.discovery.clusters import describe_clusters
from core.discovery.counting import Estimate, estimate_count
from core.discovery.kmeans import UNLABELLED, IntArray, cluster_semi_supervised, count_classes
from core.discovery.reduction import centred_directions
from core.domain.arrays import BoolArray, FloatArray
from core.domain.discovery import DEFECT_FREE, Discovery
from core.domain.discovery_options import DiscoveryOptions

_DIMENSIONS = 64
_RESTARTS = 10
_LEAST_FOR_HEADS = 300  # crops; with half as many, heads group no better than k-means does


def discover_clusters(
    embeddings: FloatArray,
    labels: IntArray,
    names: Sequence[str],
    options: DiscoveryOptions,
    check: Callable[[], None] = lambda: None,
    *,
    leads: BoolArray | None = None,
) -> Discovery:
    """Group crops into the known classes and as many novel ones as they show.

    Args:
        embeddings: (N, D) float32, L2-normalised.
        labels: (N,) int64 index into `names`; −1 = unlabelled.
        names: of the known classes. DEFECT_FREE among them is a group of its own, but no defect class: no count
            includes it. A class without a labelled crop cannot be recognised and is left out.
        options: the recipe's discovery section.
        check: called between clusterings; may raise to stop.
        leads: (N,) bool, crops that groups are made of; the others join the nearest. Labelled crops always lead.
            None: all lead.

    Raises:
        ValueError: there are no crops, lengths differ, or a label has no name.
    """
    _require_labelled_by(names, labels, embeddings)
    present = [index for index in range(len(names)) if (labels == index).any()]
    anchors = _renumber(labels, present, len(names))
    kept = [names[index] for index in present]
    space = centred_directions(embeddings, _DIMENSIONS)
    leading = _leading(anchors, leads)
    estimate = _estimate(space[leading], anchors[leading], kept, options, check)
    found = cluster_semi_supervised(
        space[leading], anchors[leading], estimate.count, seed=options.seed, restarts=_RESTARTS, check=check
    )
    assigned = (space @ found.centres.T).argmax(axis=1)
    assigned[leading] = found.assigned
    if _trains_heads(options, anchors[leading]):
        assigned[leading] = _train(space[leading], anchors[leading], found.centres, options, check)
    return describe_clusters(space, anchors, kept, assigned, estimate, seed=options.seed, check=check)


def _leading(anchors: IntArray, leads: BoolArray | None) -> BoolArray:
    """Crops that groups are made of; all of them where none is chosen."""
    if leads is None or not leads.any():
        return np.ones(len(anchors), np.bool_)
    leading: BoolArray = leads | (anchors != UNLABELLED)
    return leading


def _trains_heads(options: DiscoveryOptions, anchors: IntArray) -> bool:
    if options.head == "auto":
        return len(anchors) >= _LEAST_FOR_HEADS and bool((anchors != UNLABELLED).any())
    return options.head != "kmeans"


def _train(
    space: FloatArray,
    anchors: IntArray,
    centres: FloatArray,
    options: DiscoveryOptions,
    check: Callable[[], None],
) -> IntArray:
    from core.discovery.heads import HeadOptions, train_heads  # torch takes seconds to import

    heads = HeadOptions(exclude_known=options.exclude_known, transport=options.head != "simgcd")
    return train_heads(space, anchors, centres, heads, seed=options.seed, check=check).assigned


def _require_labelled_by(names: Sequence[str], labels: IntArray, embeddings: FloatArray) -> None:
    if not 0 < len(embeddings) == len(labels):
        raise ValueError(f"{len(embeddings)} embeddings, {len(labels)} labels")
    if count_classes(labels) > len(names) or labels.min() < UNLABELLED:
        raise ValueError(f"labels from {labels.min()} to {labels.max()} for {len(names)} names")


def _renumber(labels: IntArray, present: Sequence[int], classes: int) -> IntArray:
    numbers = np.full(classes + 1, UNLABELLED)  # the last entry serves the index −1
    numbers[list(present)] = np.arange(len(present))
    return numbers[labels].astype(np.int64)


def _estimate(
    space: FloatArray,
    anchors: IntArray,
    names: Sequence[str],
    options: DiscoveryOptions,
    check: Callable[[], None],
) -> Estimate:
    """The number of groups, the defect-free one included."""
    extra = int(DEFECT_FREE in names)
    if options.classes is None:
        most = options.most_classes + extra
        return estimate_count(
            space, anchors, most=most, rule=options.count_rule, seed=options.seed, check=check
        )
    given = max(min(options.classes + extra, len(space)), len(names))
    return Estimate(given, (given, given), 1.0)
