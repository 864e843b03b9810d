"""From the tokens of an SMG-ViT to the one vector that describes a crop."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.discovery.embedding.pooling import pool_by_mask


class Description(nn.Module):
    """The class token and the patches pooled by the mask, each number about its mean over many crops.

    Without that mean, what all crops share would outweigh what tells them apart: cosines would all be near 1.

    Args:
        dim: channels of the tokens.
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.width = 3 * dim
        self.centred = nn.BatchNorm1d(self.width, affine=False)

    def forward(self, first: Tensor, patches: Tensor, masks: Tensor) -> Tensor:
        """Describe crops.

        Args:
            first: (B, C) class tokens.
            patches: (B, C, h, w) patch tokens.
            masks: (B, 1, H, W) soft masks.

        Returns:
            (B, width) float32: mean 0 and deviation 1 in each column, over the crops of the training.
        """
        pooled = pool_by_mask(patches.float(), masks.float())
        out: Tensor = self.centred(torch.cat([F.normalize(first.float(), dim=1), pooled], dim=1))
        return out
