"""NI-Extractor: a handful of learnable tokens that gather what is normal in one image."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Mlp(nn.Module):
    """Two linear layers with GELU, the hidden one four times as wide."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.expand = nn.Linear(dim, 4 * dim)
        self.project = nn.Linear(4 * dim, dim)

    def forward(self, x: Tensor) -> Tensor:
        """(…, C) to (…, C)."""
        out: Tensor = self.project(F.gelu(self.expand(x)))
        return out


class NIExtractor(nn.Module):
    """Cross-attention from M learnable normal tokens to an image's patch tokens.

    Args:
        dim: channels of the patch tokens.
        tokens: M, the number of normal tokens.
        heads: attention heads; must divide `dim`.

    Source:
        Zhao et al. 2025, Sec. 3.2. The residual term is the initial token (the paper writes F_normal, which would
        be circular), as in the INP-Former family.
    """

    def __init__(self, dim: int, tokens: int = 6, heads: int = 12) -> None:
        super().__init__()
        self.initial = nn.Parameter(torch.randn(1, tokens, dim))
        self.heads = heads
        self.norm_attention = nn.LayerNorm(dim)
        self.query = nn.Linear(dim, dim)
        self.key_value = nn.Linear(dim, 2 * dim)
        self.project = nn.Linear(dim, dim)
        self.norm_mlp = nn.LayerNorm(dim)
        self.mlp = Mlp(dim)

    def forward(self, features: Tensor) -> Tensor:
        """Normal information of each image.

        Args:
            features: (B, N, C) patch tokens, fused over layers.

        Returns:
            (B, M, C).
        """
        initial = self.initial.expand(len(features), -1, -1)
        keys, values = self.key_value(self.norm_attention(features)).chunk(2, dim=-1)
        query = split_heads(self.query(self.norm_attention(initial)), self.heads)
        gathered = F.scaled_dot_product_attention(
            query, split_heads(keys, self.heads), split_heads(values, self.heads)
        )
        normal = initial + self.project(merge_heads(gathered))
        out: Tensor = normal + self.mlp(self.norm_mlp(normal))
        return out


def split_heads(x: Tensor, heads: int) -> Tensor:
    """(B, N, C) to (B, heads, N, C / heads)."""
    batch, count, dim = x.shape
    return x.reshape(batch, count, heads, dim // heads).transpose(1, 2)


def merge_heads(x: Tensor) -> Tensor:
    """(B, heads, N, D) to (B, N, heads · D)."""
    return x.transpose(1, 2).flatten(2)
