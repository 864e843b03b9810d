"""Raw features: a frozen backbone's layers, pooled by the soft mask. No training; what every embedding must beat."""

import torch
from torch import Tensor, nn

from core.discovery.embedding.backbones import deepest_layers
from core.discovery.embedding.pooling import pool_by_mask
from core.networks.backbone.frozen import FrozenBackbone


class RawFeatures(nn.Module):
    """A frozen backbone's layers, each pooled by the mask.

    Args:
        backbone: its layers are read at the stage ends, or late in a ViT.
    """

    def __init__(self, backbone: FrozenBackbone) -> None:
        super().__init__()
        backbone.layers = deepest_layers(backbone)
        self.backbone = backbone

    def side_of(self, wanted: int) -> int:
        """The side, rounded up to what the backbone takes."""
        return -(-wanted // self.backbone.stride) * self.backbone.stride

    def forward(self, inputs: Tensor) -> Tensor:
        """(B, 2, side, side) pixels and soft masks to (B, D)."""
        pixels, masks = inputs[:, :1], inputs[:, 1:]
        maps = self.backbone.feature_maps(pixels.contiguous(memory_format=torch.channels_last))
        return torch.cat([pool_by_mask(layer, masks) for layer in maps], dim=1)
