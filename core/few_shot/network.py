"""What every few-shot network offers, whatever its backbone."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Encoded = Any
"""What a network's own frozen encoder made of a batch; only the same network reads it."""

FROZEN = "frozen."
"""Tensors of the frozen encoder begin so in a weights file that holds it."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A batch as places that are judged one by one.

    Attributes:
        features: (B, N, D), row-major over the grid.
        grid: height and width of the grid, N = h · w.
    """

    features: Tensor
    grid: tuple[int, int]


class FewShotNetwork(ABC, nn.Module):
    """A frozen encoder, a judgement of places that few images train, and vectors for a classification head.

    Whatever an encoder sees around a place is in the place's features already, so what is trained judges each place
    alone: some hundred thousand of them, encoded once, train it in seconds.

    Attributes:
        frozen: the encoder; never trained.
        judgement: all that training moves.
        guided: whether `cells` needs the logit map of a detector.
        side: side of the square input in px; None where any multiple of `stride` will do.
        parts: sub-cells a side that `judge` tells apart.
        blocks: lengths of the parts of a vector that speak of different things; each counts as much as the others.
    """

    frozen: nn.Module
    judgement: nn.Module
    guided: bool
    stride: int
    side: int | None
    parts: int
    blocks: tuple[int, ...]

    @abstractmethod
    def encode(self, x: Tensor) -> Encoded:
        """Features of (B, 1, H, W) standardised images; without gradients."""

    @abstractmethod
    def cells(self, encoded: Encoded, guide: Tensor | None) -> Cells:
        """The places of a batch.

        Args:
            encoded: of the batch.
            guide: (B, 1, H, W) logit maps of a detector; None where the network is not guided.
        """

    @abstractmethod
    def judge(self, features: Tensor) -> Tensor:
        """(…, D) features of places to (…, parts²) defect logits of their sub-cells, row-major."""

    @abstractmethod
    def describe(self, encoded: Encoded, x: Tensor, place: Tensor, logits: Tensor) -> Tensor:
        """(B, V) vectors for the classification head.

        Args:
            encoded: of the batch.
            x: (B, 1, H, W), the same images.
            place: (B, 1, H, W) in [0, 1], where the defect is.
            logits: (B, h, w) defect logits of the images, without what they were padded by.
        """

    def text_logits(self, vectors: Tensor) -> Tensor | None:  # noqa: ARG002 - for those that have texts
        """(B, K) logits of the classes by their texts alone; None without a text encoder."""
        return None

    @torch.no_grad()
    def segment(self, encoded: Encoded, guide: Tensor | None, size_hw: tuple[int, int]) -> Tensor:
        """(B, H, W) defect logits at a size; see `cells`."""
        cells = self.cells(encoded, guide)
        logits = self.judge(cells.features).transpose(1, 2).unflatten(2, cells.grid)
        map_ = F.pixel_shuffle(logits, self.parts)
        return F.interpolate(map_, size=size_hw, mode="bilinear", align_corners=False)[:, 0]
