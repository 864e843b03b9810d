"""Unseen defects in groups: what discovery says of a set of crops."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import FloatArray

DEFECT_FREE = "normal"
"""The class of crops without a defect. It can be a cluster, but it is no defect class: no count includes it."""


@dataclass(frozen=True, slots=True)
class ClassCount:
    """How many defect classes there are.

    Attributes:
        known: classes that are named already and have a labelled crop.
        estimated_total: known and novel together; never less than `known`.
        interval: lowest and highest count that the evidence allows.
        stability: in [0, 1]; 1 where every repetition of the estimate agrees.
    """

    known: int
    estimated_total: int
    interval: tuple[int, int]
    stability: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """Crops that belong together.

    Attributes:
        number: stable within its discovery, from 0.
        name: of the known class, or "Novel 1" and so on.
        is_novel: no class bears it yet.
        members: indices of its crops, the most typical first: the first few are its medoids.
        spread: mean cosine distance of its members to their centre.
        nearest_known: the known class that lies nearest; empty where none is known.
        nearest_known_distance: cosine distance of the two centres; None where none is known.
        stability: in [0, 1]; how often its members stay together when crops are left out and seeds change.
    """

    number: int
    name: str
    is_novel: bool
    members: tuple[int, ...]
    spread: float
    nearest_known: str
    nearest_known_distance: float | None
    stability: float


@dataclass(frozen=True, slots=True, eq=False)
class Discovery:
    """The classes of a set of crops.

    Attributes:
        count: how many classes, and how sure that is.
        clusters: known classes first, in the order in which they were given; then the novel ones, largest first.
        cluster_of: (N,) int64, each crop's cluster number.
        confidence: (N,) float32 in [0, 1], how clearly the crop belongs to it.
    """

    count: ClassCount
    clusters: tuple[Cluster, ...]
    cluster_of: NDArray[np.int64]
    confidence: FloatArray

    def __post_init__(self) -> None:
        """Checks that the arrays belong together.

        Raises:
            ValueError: they do not.
        """
        members = sum(len(cluster.members) for cluster in self.clusters)
        if not len(self.cluster_of) == len(self.confidence) == members:
            raise ValueError(
                f"{len(self.cluster_of)} crops, {len(self.confidence)} confidences, {members} members"
            )
