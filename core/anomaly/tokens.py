"""Where methods that were made for vision transformers take their tokens from: a ViT, or our own encoder."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from core.domain.errors import UserError
from core.networks.backbone.frozen import FrozenBackbone
from core.networks.backbone.residua_net import ResiduaNet

_STRIDE_OF_OURS = 8


class Tokens(nn.Module):
    """Patch tokens of some blocks, by the names that anomalib asks for.

    Args:
        name: timm's name of a ViT, or one of ours.
        source: a .safetensors file, "hub", or None for untrained weights.
        last: only the last block, after the final norm where there is one; otherwise the middle blocks.

    Raises:
        UserError: the backbone has no blocks of one size, or its weights cannot be had.
    """

    num_register_tokens = -1
    """anomalib cuts off one class token and the registers: here none, because none are handed out."""

    def __init__(self, name: str, source: str | None, *, last: bool = False) -> None:
        super().__init__()
        backbone = FrozenBackbone(name, None, source)
        blocks = getattr(backbone.model, "blocks", None)
        if not isinstance(backbone.model, ResiduaNet) and blocks is None:
            raise UserError(f"The backbone “{name}” is no vision transformer.", "Choose a ViT, or residua_s.")
        if last:
            backbone.layers = backbone.layers[-1:] if blocks is None else (len(blocks) - 1,)
        self.backbone, self.with_norm = backbone, last and blocks is not None
        patch = backbone.stride if blocks is not None else _STRIDE_OF_OURS
        self.patch_size, self.names = patch, [f"blocks.{index}" for index in backbone.layers]
        with torch.no_grad():
            side = 8 * backbone.stride
            self.dim = int(self(torch.zeros(1, 1, side, side))[self.names[0]].shape[-1])

    def named(self, names: Sequence[str]) -> "Tokens":
        """The same under the names that a model of anomalib has for them."""
        self.names = list(names)
        return self

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        """(B, N, C) tokens of each block, row-major over the patches of the first channel of (B, _, H, W)."""
        with torch.no_grad():
            maps = self.backbone.feature_maps(x[:, :1])
            tokens = [one.flatten(2).transpose(1, 2).contiguous() for one in maps]
            if self.with_norm:
                tokens = [self.backbone.model.norm(one) for one in tokens]  # type: ignore[operator]
        return dict(zip(self.names, tokens, strict=True))

    def train(self, _mode: bool = True) -> "Tokens":
        """Always in eval mode: it never learns."""
        super().train(False)
        return self
