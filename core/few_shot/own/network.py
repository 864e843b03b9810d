"""The few-shot network on the project's own encoder: a detector's map says where, the encoder says what."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.few_shot.network import Cells, FewShotNetwork
from core.few_shot.own.evidence import EVIDENCE_VALUES, describe_evidence
from core.few_shot.own.shape import SHAPE_VALUES, describe_shape, grow
from core.networks.backbone.frozen import FrozenBackbone
from core.networks.backbone.residua_net import ResiduaNet

_RING_PX = 16


class OwnFewShotNetwork(FewShotNetwork):
    """ResiduaNet's features of three scales in and around the place that a detector, tuned to the shots, marks.

    Args:
        backbone: one of the project's encoders, by its name; its tensors are loaded later.
    """

    guided, stride, side, parts = True, 16, None, 1
    frozen: ResiduaNet
    judgement: nn.Identity

    def __init__(self, backbone: str) -> None:
        super().__init__()
        encoder = FrozenBackbone(backbone).model
        if not isinstance(encoder, ResiduaNet):
            raise TypeError(f"{backbone} is no ResiduaNet")
        self.frozen = encoder
        self.judgement = nn.Identity()
        self.blocks = (EVIDENCE_VALUES, 2 * sum(encoder.dims), SHAPE_VALUES)

    @torch.no_grad()
    def encode(self, x: Tensor) -> list[Tensor]:
        """The encoder's outputs at stride 4, 8 and 16, as deviations within their own image.

        What is a large value differs from image to image: dose, roughness, how periodic the layout is.
        """
        stages: list[Tensor] = self.frozen(x)
        return [F.instance_norm(stage.float()) for stage in stages]

    @torch.no_grad()
    def cells(self, encoded: list[Tensor], guide: Tensor | None) -> Cells:  # noqa: ARG002 - the guide says all
        """See `FewShotNetwork.cells`; the guide's own logits at half the image's size."""
        if guide is None:
            raise TypeError("the project's own few-shot network needs a detector's map")
        half = F.avg_pool2d(guide, 2)
        return Cells(half.flatten(2).transpose(1, 2), (half.shape[-2], half.shape[-1]))

    def judge(self, features: Tensor) -> Tensor:
        """See `FewShotNetwork.judge`."""
        return features

    @torch.no_grad()
    def describe(self, encoded: list[Tensor], x: Tensor, place: Tensor, logits: Tensor) -> Tensor:
        """The map's evidence, features inside the place and against its surroundings, then shape and brightness."""
        around = grow(place, _RING_PX) - place
        pooled = [vector for stage in encoded for vector in _pool(stage, place, around)]
        return torch.cat([describe_evidence(logits), *pooled, describe_shape(x, place)], dim=1)


def _pool(features: Tensor, place: Tensor, around: Tensor) -> tuple[Tensor, Tensor]:
    """(B, C) twice: the mean inside, and how it differs from the mean around."""
    inside, outside = (_weighted_mean(features, weights) for weights in (place, around))
    return inside, inside - outside


def _weighted_mean(features: Tensor, weights: Tensor) -> Tensor:
    shares = F.adaptive_avg_pool2d(weights, (features.shape[-2], features.shape[-1]))
    return (features * shares).sum(dim=(2, 3)) / shares.sum(dim=(2, 3)).clamp_min(1e-6)
