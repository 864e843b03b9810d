"""The whole detector as one torch module: frozen backbone, NI head, learned matching, fusion to one logit."""

from collections.abc import Collection

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor, nn
from torch.nn import functional as F

from core.detection.evidence import Evidence, comparable
from core.detection.ic_defectncd.head import NIHead
from core.detection.ic_defectncd.scoring import prototype_map, residual_map
from core.detection.matching.network import MatchingDetector
from core.domain.recipes import EvidenceSource
from core.networks.backbone.frozen import FrozenBackbone
from core.networks.backbone.residua_net import ResiduaNet


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

    @property
    def sources(self) -> tuple[EvidenceSource, ...]:
        """The evidence that this network can give."""
        return ("residual", "prototypes") if self.matching is None else ("matching", "residual", "prototypes")

    def forward(self, x: Tensor, wanted: Collection[EvidenceSource] = ("matching", "residual")) -> Evidence:
        """Learned evidence of a batch; what is not wanted is not computed.

        Args:
            x: (B, 1, H, W) standardised images, H and W multiples of the backbone's stride.
            wanted: sources; those that are not the network's are passed over.
        """
        own = [source for source in self.sources if source in wanted]
        if not own:
            return {}
        half = (x.shape[-2] // 2, x.shape[-1] // 2)
        if self.matching is None:
            layers, grid = self.backbone(x)
            return self._read_head(layers, grid, half, own)
        blocks = self.encoder.forward_intermediates(x)
        layers, grid = self.backbone.tokens_of([blocks[index] for index in self.backbone.layers])
        evidence = self._read_head(layers, grid, half, own)
        if "matching" in own:
            evidence["matching"] = self.matching([blocks[end] for end in self.encoder.stage_ends])[
                :, 0
            ].float()
        return evidence

    def embed(self, x: Tensor) -> Tensor:
        """(B, E, H/8, W/8) embedding in which the matching compares places; needs a matching part."""
        if self.matching is None:
            raise TypeError("this network has no matching part")
        middle = self.encoder(x)[1]
        embedding: Tensor = self.matching.match_middle.key(middle)
        return embedding

    def _read_head(
        self, layers: list[Tensor], grid: tuple[int, int], half: tuple[int, int], own: list[EvidenceSource]
    ) -> Evidence:
        evidence: Evidence = {}
        if "residual" in own:
            evidence["residual"] = _finer(residual_map(self.head(layers), grid), half)
        if "prototypes" in own:
            evidence["prototypes"] = _finer(prototype_map(self.head, layers, grid), half)
        return evidence


def _finer(tokens: Tensor, half: tuple[int, int]) -> Tensor:
    """(B, h, w) on the token grid to comparable evidence at half the image's resolution."""
    finer = F.interpolate(
        comparable(tokens.float())[:, None], size=half, mode="bilinear", align_corners=False
    )
    return finer[:, 0]
