"""Soft-mask-guided attention: tokens look where the map says that something is wrong."""

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Rows = Literal["cls", "all"]
_INITIAL_GUIDANCE = 3.0
_LEAST_PEAK = 1e-4


def guidance_of(masks: Tensor, grid_hw: tuple[int, int], prefix: int) -> Tensor:
    """What is added to the attention logits of every key, before its weight λ.

    Args:
        masks: (B, 1, H, W) soft masks in [0, 1].
        grid_hw: of the patch tokens.
        prefix: tokens that stand before the patches: the class token, and registers where there are any.

    Returns:
        (B, prefix + h·w): the mask's maximum for the class token, 0 for registers, and for each patch the mask's mean
        in it, rescaled so that the most covered patch bears the mask's maximum.

    Source:
        IC-DefectNCD, Sec. 3.4.1. The rescaling is ours: a defect of 6 px fills a few percent of a patch, so its plain
        mean would leave the attention as it is.
    """
    pooled = F.interpolate(masks, size=grid_hw, mode="area").flatten(1)
    highest = masks.flatten(1).amax(dim=1, keepdim=True)
    scaled = pooled * highest / pooled.amax(dim=1, keepdim=True).clamp_min(_LEAST_PEAK)
    registers = scaled.new_zeros(len(scaled), prefix - 1)
    return torch.cat([highest, registers, scaled], dim=1)


class Guidance(nn.Module):
    """The learnable weight λ of the mask, and the rows that it guides.

    Args:
        rows: "cls" guides the class token only, "all" every token.

    Source:
        IC-DefectNCD, Sec. 3.4.1, adds the mask to unscaled logits with weight 1, which hardly moves the attention; here
        it comes after the scaling, with a learnable weight. CLS row only: AnomalyNCD.
    """

    def __init__(self, rows: Rows) -> None:
        super().__init__()
        self.rows = rows
        self.weight = nn.Parameter(torch.tensor(_INITIAL_GUIDANCE))

    def forward(self, guidance: Tensor) -> Tensor:
        """(B, T) guidance to a bias (B, 1, T, T) or (B, 1, 1, T) that attention adds to its scaled logits."""
        bias = self.weight * guidance[:, None, None, :]
        if self.rows == "all":
            return bias
        tokens = guidance.shape[1]
        first = torch.zeros(tokens, 1, dtype=bias.dtype, device=bias.device)
        first[0] = 1
        return bias * first


class SMGAttention(nn.Module):
    """Multi-head self-attention whose logits are guided by a soft mask.

    Args:
        dim: channels.
        heads: a divisor of `dim`.
        rows: see `Guidance`.
    """

    def __init__(self, dim: int, heads: int, rows: Rows) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.project = nn.Linear(dim, dim)
        self.guidance = Guidance(rows)

    def forward(self, x: Tensor, guidance: Tensor) -> Tensor:
        """(B, T, C) tokens and (B, T) guidance to (B, T, C)."""
        batch, tokens, dim = x.shape
        qkv = self.qkv(x).view(batch, tokens, 3, self.heads, dim // self.heads).permute(2, 0, 3, 1, 4)
        query, key, value = qkv.unbind(0)
        bias = self.guidance(guidance).to(query.dtype)
        seen = F.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        out: Tensor = self.project(seen.transpose(1, 2).reshape(batch, tokens, dim))
        return out


class SMGBlock(nn.Module):
    """Pre-norm transformer block with guided attention."""

    def __init__(self, dim: int, heads: int, rows: Rows) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(dim)
        self.attention = SMGAttention(dim, heads, rows)
        self.mlp = nn.Sequential(
            nn.LayerNorm(dim), nn.Linear(dim, 4 * dim), nn.GELU(), nn.Linear(4 * dim, dim)
        )

    def forward(self, x: Tensor, guidance: Tensor) -> Tensor:
        """(B, T, C) tokens and (B, T) guidance to (B, T, C)."""
        x = x + self.attention(self.norm(x), guidance)
        out: Tensor = x + self.mlp(x)
        return out
