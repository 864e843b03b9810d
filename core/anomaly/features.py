"""Where methods take their features from: any backbone, its weights from a file, the hub, a seed, or ours."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from core.domain.errors import UserError
from core.networks.backbone.frozen import FrozenBackbone
from core.networks.backbone.residua_net import ResiduaNet

LAYERS = ("layer1", "layer2", "layer3")
"""Names of the maps at stride 4, 8 and 16."""
_STRIDES = (4, 8, 16)
RANDOM, OWN = "random", "own"


class Pyramid(nn.Module):
    """Feature maps at stride 4, 8 and 16 by name.

    Args:
        name: timm's name of the backbone.
        source: a .safetensors file, "hub", or None for untrained weights.
        layers: those of LAYERS that are wanted.
        learns: whether it is trained; otherwise it stays in eval mode and gives no gradients.

    Raises:
        UserError: the backbone is not known, has no such maps, or its weights cannot be had.
    """

    def __init__(
        self, name: str, source: str | None = None, layers: tuple[str, ...] = LAYERS, *, learns: bool = False
    ) -> None:
        super().__init__()
        backbone = FrozenBackbone(name, None, source)
        self.learns, self.layers = learns, list(layers)
        wanted = [LAYERS.index(layer) for layer in layers]
        indices = _indices_of(backbone.model, name)
        backbone.layers = tuple(indices[place] for place in wanted)
        self.backbone = backbone.requires_grad_(learns)
        self.reductions = [_STRIDES[place] for place in wanted]
        with torch.no_grad():
            maps = backbone.feature_maps(torch.zeros(1, 1, 64, 64))
        self.out_dims = [int(one.shape[1]) for one in maps]

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        """Maps (B, C, h, w) of the first channel of (B, _, H, W)."""
        with torch.set_grad_enabled(self.learns and torch.is_grad_enabled()):
            maps = [one.contiguous() for one in self.backbone.feature_maps(x[:, :1])]
            return dict(zip(self.layers, maps, strict=True))

    def train(self, mode: bool = True) -> "Pyramid":
        """Only what learns has a training mode: running statistics of a frozen backbone stay as they are."""
        super().train(mode and self.learns)
        return self


def load_encoder(backbone: FrozenBackbone, encoder: Mapping[str, Tensor]) -> None:
    """Give a backbone an encoder's tensors.

    Raises:
        UserError: they are of another backbone.
    """
    try:
        backbone.model.load_state_dict(dict(encoder))
    except RuntimeError as error:
        raise UserError(
            f"The shipped encoder is no {backbone.name}.",
            "Give the weights of that backbone: a file, hub, or random.",
        ) from error


def _indices_of(model: nn.Module, name: str) -> list[int]:
    """Indices of the intermediate outputs at stride 4, 8 and 16."""
    if isinstance(model, ResiduaNet):
        return model.stage_ends
    strides = [int(stage["reduction"]) for stage in getattr(model, "feature_info", ())]
    if not set(_STRIDES) <= set(strides):
        raise UserError(
            f"The backbone “{name}” has no maps at stride 4, 8 and 16.", "Choose a residua_s or a ResNet."
        )
    return [len(strides) - 1 - strides[::-1].index(stride) for stride in _STRIDES]
