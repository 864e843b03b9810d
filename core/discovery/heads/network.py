"""The classification layers: one projection, and two heads of cosine prototypes."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

_WIDTH = 256


class DiscoveryHeads(nn.Module):
    """Labelled head h and unlabelled head g on one projection.

    Args:
        known: (K, D) L2-normalised centres that h starts from: the known classes, the defect-free one among them.
        novel: (U, D) of the novel classes, for g.
    """

    def __init__(self, known: Tensor, novel: Tensor) -> None:
        super().__init__()
        dimension = known.shape[1]
        last = nn.Linear(_WIDTH, dimension)
        self.projection = nn.Sequential(nn.Linear(dimension, _WIDTH), nn.GELU(), last)
        nn.init.zeros_(last.weight)  # it starts as the embedding itself
        nn.init.zeros_(last.bias)
        self.labelled = nn.Parameter(known.clone())
        self.unlabelled = nn.Parameter(novel.clone())

    def project(self, embeddings: Tensor) -> Tensor:
        """(N, D) L2-normalised."""
        return F.normalize(embeddings + self.projection(embeddings), dim=1)

    def classify(self, projected: Tensor) -> Tensor:
        """(N, K + U) cosines with the prototypes, the known classes first."""
        prototypes = F.normalize(torch.cat([self.labelled, self.unlabelled]), dim=1)
        return projected @ prototypes.T
