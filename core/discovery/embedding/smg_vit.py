"""Our own SMG-ViT: a convolutional trunk, then transformer blocks that are all guided by the soft mask.

Defects are often 4 to 12 px, so the trunk's tokens lie 8 px apart; it is small enough for two CPU cores.
"""

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor, nn

from core.discovery.embedding.description import Description
from core.discovery.embedding.smg_attention import Rows, SMGBlock, guidance_of
from core.networks.backbone.residua_net import ConvBlock, Downsample


class SMGViTSpec(BaseModel):
    """What must be known to build the network before its tensors are read; part of the weights' card.

    Attributes:
        side: of the crops that it sees, a multiple of 8.
        stem: channels at stride 4.
        dim: channels at stride 8 and of the transformer.
        trunk_blocks: convolutional blocks at stride 4 and 8.
        blocks: transformer blocks, all guided.
        heads: of their attention.
        rows: which rows of the attention the mask guides.
        mask_channel: whether the trunk sees the mask beside the pixels.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    side: int = 64
    stem: int = 48
    dim: int = 96
    trunk_blocks: tuple[int, int] = (2, 4)
    blocks: int = 4
    heads: int = 3
    rows: Rows = "cls"
    mask_channel: bool = True


class SMGViT(nn.Module):
    """Crop and soft mask to one vector: the class token, and what lies inside the mask against around it."""

    def __init__(self, spec: SMGViTSpec) -> None:
        super().__init__()
        self.spec = spec
        self.stem = nn.Conv2d(1 + spec.mask_channel, spec.stem, 7, stride=4, padding=3)
        self.fine = nn.Sequential(*(ConvBlock(spec.stem, 3) for _ in range(spec.trunk_blocks[0])))
        self.down = Downsample(spec.stem, spec.dim)
        self.coarse = nn.Sequential(*(ConvBlock(spec.dim) for _ in range(spec.trunk_blocks[1])))
        self.cls = nn.Parameter(0.02 * torch.randn(1, 1, spec.dim))
        self.places = nn.Parameter(0.02 * torch.randn(1, (spec.side // 8) ** 2, spec.dim))
        self.blocks = nn.ModuleList(SMGBlock(spec.dim, spec.heads, spec.rows) for _ in range(spec.blocks))
        self.norm = nn.LayerNorm(spec.dim)
        self.describe = Description(spec.dim)

    @property
    def width(self) -> int:
        """Numbers that describe a crop."""
        return self.describe.width

    @property
    def side(self) -> int:
        """Of the crops that it sees, in px."""
        return self.spec.side

    def tail(self, last: int) -> list[nn.Module]:
        """What fine-tuning trains: the last guided blocks, and the norm after them."""
        return [*list(self.blocks)[-last:], self.norm]

    def forward(self, inputs: Tensor) -> Tensor:
        """Describe crops.

        Args:
            inputs: (B, 2, side, side): standardised pixels and the soft mask.

        Returns:
            (B, width): the class token at unit length, and the patch tokens pooled by the mask.
        """
        masks = inputs[:, 1:]
        features = self.trunk(inputs)
        grid = features.shape[-2], features.shape[-1]
        x = torch.cat([self.cls.expand(len(inputs), -1, -1), self._tokens(features)], dim=1)
        guidance = guidance_of(masks, grid, prefix=1)
        for block in self.blocks:
            x = block(x, guidance)
        return self._describe(self.norm(x), masks, grid)

    def trunk(self, inputs: Tensor) -> Tensor:
        """(B, 2, S, S) to (B, dim, S/8, S/8)."""
        seen = inputs if self.spec.mask_channel else inputs[:, :1]
        out: Tensor = self.coarse(self.down(self.fine(self.stem(seen))))
        return out

    def _tokens(self, features: Tensor) -> Tensor:
        return features.flatten(2).transpose(1, 2) + self.places

    def _describe(self, x: Tensor, masks: Tensor, grid: tuple[int, int]) -> Tensor:
        patches = x[:, 1:].transpose(1, 2).unflatten(2, grid)
        described: Tensor = self.describe(x[:, 0], patches, masks)
        return described
