"""The trainable part of IC-DefectNCD stage 1: extractor, bottleneck and decoder on frozen features."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.detection.ic_defectncd.decoder import NIGDecoder
from core.detection.ic_defectncd.extractor import Mlp, NIExtractor


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """What the head makes of a batch.

    Attributes:
        normal: (B, M, C) normal tokens.
        encoded, decoded: one (B, N, C) pair a group of layers.
    """

    normal: Tensor
    encoded: tuple[Tensor, ...]
    decoded: tuple[Tensor, ...]


class NIHead(nn.Module):
    """Normal information and its reconstruction.

    Args:
        dim: channels of the tokens.
        layers: encoder layers that are read, each with a decoder layer of its own.
        tokens: M, normal tokens.
        heads: attention heads.
        groups: how many groups the layers are fused in before they are compared (2 in the reference form).
    """

    def __init__(self, dim: int, layers: int, *, tokens: int = 6, heads: int = 12, groups: int = 2) -> None:
        super().__init__()
        self.groups = min(groups, layers)
        self.extractor = NIExtractor(dim, tokens, heads)
        self.bottleneck = Mlp(dim)
        self.decoder = NIGDecoder(dim, layers, heads)

    def forward(self, layers: list[Tensor], corrupted: list[Tensor] | None = None) -> Reconstruction:
        """Rebuild each group of layers from the image's normal information.

        Args:
            layers: L tensors (B, N, C) of the frozen encoder, shallow to deep: the targets.
            corrupted: the same with pseudo-defects; what extractor and bottleneck see (training only).
        """
        seen = fuse(corrupted if corrupted is not None else layers)
        normal = self.extractor(seen)
        outputs = self.decoder(self.bottleneck(seen), normal)
        return Reconstruction(normal, self._group(layers), self._group(outputs))

    def _group(self, layers: list[Tensor]) -> tuple[Tensor, ...]:
        size = -(-len(layers) // self.groups)
        return tuple(fuse(layers[start : start + size]) for start in range(0, len(layers), size))


def fuse(layers: list[Tensor]) -> Tensor:
    """Mean over layers: the paper sums; the mean is the same direction and keeps the scale of one layer."""
    return torch.stack(layers).mean(dim=0)
