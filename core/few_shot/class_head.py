"""The classification head: one linear layer on standardised vectors."""

import torch
from torch import Tensor, nn


class ClassHead(nn.Module):
    """Vectors to class probabilities.

    Args:
        dim: of the vectors.
        classes: how many.

    Source:
        SEM-CLIP, Eq. 20-22; the vectors are standardised first, because ours are of unlike scales.
    """

    mean: Tensor
    spread: Tensor

    def __init__(self, dim: int, classes: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(dim))
        self.register_buffer("spread", torch.ones(dim))
        self.linear = nn.Linear(dim, classes)

    def forward(self, vectors: Tensor) -> Tensor:
        """(B, D) to (B, K) probabilities."""
        return torch.softmax(self.linear((vectors - self.mean) / self.spread), dim=1)
