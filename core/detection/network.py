"""The whole detector as one torch module: frozen backbone, NI head, learned matching, fusion to one logit."""

from dataclasses import dataclass

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor, nn
from torch.nn import functional as F

from core.detection.backbone.frozen import FrozenBackbone
from core.detection.backbone.residua_net import ResiduaNet
from core.detection.ic_defectncd.head import NIHead
from core.detection.ic_defectncd.scoring import residual_map, robust_deviation
from core.detection.matching.network import MatchingDetector

TOP_CELLS = 12
"""Cells of the half-resolution map that make the image score: a defect of about 7 × 7 px fills them."""


class NetworkSpec(BaseModel):
    """What must be known to build a network before its tensors are read; part of the weights' card."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    backbone: str
    layers: tuple[int, ...] | None = None
    normal_tokens: int = 6
    attention_heads: int = 6
    groups: int = 2
    matching: bool = True
    backbone_included: bool = True


class Fusion(BaseModel):
    """Logistic fusion of the evidence: logit = bias + matching · m + residual · log1p(max(r, 0))."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bias: float = 0.0
    matching: float = 1.0
    residual: float = 0.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What each source says, (B, H/2, W/2) each.

    Attributes:
        residual: NI residual as log1p of its robust deviation in the image, floored at 0.
        matching: defect logit of the matching network; None when the backbone has none.
    """

    residual: Tensor
    matching: Tensor | None

    def fuse(self, fusion: Fusion) -> Tensor:
        """Defect logit, (B, H/2, W/2)."""
        logit = fusion.bias + fusion.residual * self.residual
        return logit if self.matching is None else logit + fusion.matching * self.matching


class DefectNetwork(nn.Module):
    """IC-DefectNCD stage 1 on a frozen backbone, with learned in-image matching where the backbone is ours.

    Args:
        spec: what to build.
        backbone_checkpoint: a file or "hub" where the weights do not include the backbone.
    """

    def __init__(self, spec: NetworkSpec, backbone_checkpoint: str | None = None) -> None:
        super().__init__()
        self.spec = spec
        self.backbone = FrozenBackbone(spec.backbone, spec.layers, backbone_checkpoint)
        self.head = NIHead(
            self.backbone.dim,
            self._layer_count(),
            tokens=spec.normal_tokens,
            heads=spec.attention_heads,
            groups=spec.groups,
        )
        self.matching = MatchingDetector(self.encoder) if spec.matching else None

    @property
    def encoder(self) -> ResiduaNet:
        """Our own encoder.

        Raises:
            TypeError: the backbone is one of timm's, which matching was not trained on.
        """
        if not isinstance(self.backbone.model, ResiduaNet):
            raise TypeError(f"{self.spec.backbone} is no ResiduaNet")
        return self.backbone.model

    def _layer_count(self) -> int:
        side = 4 * self.backbone.stride
        with torch.no_grad():
            return len(self.backbone(torch.zeros(1, 1, side, side))[0])

    def forward(self, x: Tensor) -> Evidence:
        """Evidence of a batch.

        Args:
            x: (B, 1, H, W) standardised images, H and W multiples of the backbone's stride.
        """
        half = (x.shape[-2] // 2, x.shape[-1] // 2)
        if self.matching is None:
            layers, grid = self.backbone(x)
            return Evidence(self._residual(layers, grid, half), None)
        blocks = self.encoder.forward_intermediates(x)
        depths = self.encoder.depths
        ends = [depths[0] - 1, depths[0] + depths[1] - 1, sum(depths) - 1]
        layers, grid = self.backbone.tokens_of([blocks[index] for index in self.backbone.layers])
        logit = self.matching([blocks[end] for end in ends])[:, 0]
        return Evidence(self._residual(layers, grid, half), logit)

    def _residual(self, layers: list[Tensor], grid: tuple[int, int], half: tuple[int, int]) -> Tensor:
        deviation = robust_deviation(residual_map(self.head(layers), grid))
        finer = F.interpolate(deviation[:, None], size=half, mode="bilinear", align_corners=False)[:, 0]
        return finer.clamp_min(0).log1p()


def image_logit(logits: Tensor) -> Tensor:
    """Image score as a logit: mean of the highest cells of the lightly smoothed map.

    Args:
        logits: (B, h, w) at half the image's resolution.

    Returns:
        (B,).
    """
    smooth = F.avg_pool2d(logits[:, None], 3, stride=1, padding=1, count_include_pad=False).flatten(1)
    return smooth.topk(min(TOP_CELLS, smooth.shape[1]), dim=1).values.mean(dim=1)
