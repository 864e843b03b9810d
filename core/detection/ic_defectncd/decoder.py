"""NIG-Decoder: rebuilds patch tokens from normal information alone."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.detection.ic_defectncd.extractor import Mlp, merge_heads, split_heads

_EPS = 1e-8


class NIGDecoderBlock(nn.Module):
    """One decoder layer: patch tokens ask, normal tokens answer.

    There is no residual around the attention, so nothing of the query's own content passes but through the normal
    tokens; what they do not hold cannot be rebuilt.

    Source:
        Zhao et al. 2025, Sec. 3.2. Queries and keys are L2-normalised per head and scaled by a learnable factor
        before the ReLU: the paper's bare ReLU(QKᵀ) is unbounded.
    """

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm_attention = nn.LayerNorm(dim, eps=_EPS)
        self.query = nn.Linear(dim, dim)
        self.key_value = nn.Linear(dim, 2 * dim)
        self.scale = nn.Parameter(torch.ones(heads, 1, 1))
        self.project = nn.Linear(dim, dim)
        self.norm_mlp = nn.LayerNorm(dim, eps=_EPS)
        self.mlp = Mlp(dim)

    def forward(self, x: Tensor, normal: Tensor) -> Tensor:
        """Rebuild tokens.

        Args:
            x: (B, N, C) patch tokens.
            normal: (B, M, C) normal tokens.

        Returns:
            (B, N, C).
        """
        keys, values = self.key_value(normal).chunk(2, dim=-1)
        query = F.normalize(split_heads(self.query(self.norm_attention(x)), self.heads), dim=-1)
        key = F.normalize(split_heads(keys, self.heads), dim=-1)
        weights = F.relu(query @ key.transpose(-2, -1) * self.scale)
        y = self.project(merge_heads(weights @ split_heads(values, self.heads)))
        out: Tensor = y + self.mlp(self.norm_mlp(y))
        return out


class NIGDecoder(nn.Module):
    """A stack of decoder layers that share one set of normal tokens."""

    def __init__(self, dim: int, depth: int, heads: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(NIGDecoderBlock(dim, heads) for _ in range(depth))

    def forward(self, x: Tensor, normal: Tensor) -> list[Tensor]:
        """Outputs of all layers, deepest first, so that they pair with encoder layers from shallow to deep."""
        outputs = []
        for block in self.blocks:
            x = block(x, normal)
            outputs.append(x)
        return outputs[::-1]
