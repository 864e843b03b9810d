"""CLIP's image encoder with a second path beside every block: V-V attention, the same weights, nothing to train.

Source:
    SEM-CLIP, Sec. 3.2, Eq. 1-7; V-V attention from Li et al. 2023 (CLIP Surgery). The new path is fed by the
    original stream and has no feed-forward layer: its own output never enters a later block.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True, slots=True)
class BlockOutput:
    """What one encoding block hands on.

    Attributes:
        vanilla: (B, 1 + N, C) the original stream; the first token is CLS.
        value: (B, N, C) patch tokens of the V-V path.
    """

    vanilla: Tensor
    value: Tensor


class DualPathEncoder(nn.Module):
    """The blocks of an open_clip ViT, read on two paths.

    Args:
        visual: open_clip's VisionTransformer, frozen.
        blocks: encoding blocks whose outputs are read; the layers are split evenly among them.
    """

    def __init__(self, visual: Any, blocks: int = 4) -> None:
        super().__init__()
        self.visual = visual
        layers = len(visual.transformer.resblocks)
        self.ends = tuple(
            sorted({round(layers * (index + 1) / blocks) - 1 for index in range(blocks)} - {-1})
        )
        self.width = int(visual.conv1.out_channels)
        self.grid = (int(visual.grid_size[0]), int(visual.grid_size[1]))
        self.requires_grad_(False)

    @torch.no_grad()
    def forward(self, x: Tensor) -> list[BlockOutput]:
        """Outputs of the encoding blocks.

        Args:
            x: (B, 3, S, S) normalised images of CLIP's own size.
        """
        stream = self.visual._embeds(x)
        value = stream
        outputs = []
        for index, layer in enumerate(self.visual.transformer.resblocks):
            value = value + layer.ls_1(value_attention(layer.attn, layer.ln_1(stream)))
            stream = layer(stream)
            if index in self.ends:
                outputs.append(BlockOutput(stream, value[:, 1:]))
        return outputs

    @torch.no_grad()
    def project(self, tokens: Tensor) -> Tensor:
        """(B, N, C) tokens to the joint space of images and texts, (B, N, J), at unit length."""
        projected: Tensor = self.visual.ln_post(tokens) @ self.visual.proj
        return F.normalize(projected, dim=-1)


def value_attention(attention: nn.MultiheadAttention, x: Tensor) -> Tensor:
    """Self-attention in which values take the part of queries and keys too.

    Args:
        attention: whose value and output projections are used.
        x: (B, N, C).

    Returns:
        (B, N, C): softmax(V Vᵀ / √d) · V per head, then the output projection.
    """
    width = attention.embed_dim
    weight, bias = attention.in_proj_weight[2 * width :], attention.in_proj_bias[2 * width :]
    value = F.linear(x, weight, bias).unflatten(-1, (attention.num_heads, -1)).transpose(1, 2)
    mixed = F.scaled_dot_product_attention(value, value, value)
    out: Tensor = attention.out_proj(mixed.transpose(1, 2).flatten(2))
    return out
