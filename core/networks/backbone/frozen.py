"""One way to read tokens out of any backbone: ours or timm's, from a file or the hub."""

import logging
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor, nn
from torch.nn import functional as F

from core.domain.errors import UserError
from core.networks.backbone import residua_net
from core.networks.torchvision_remedy import prepare_torchvision

prepare_torchvision()

import timm  # noqa: E402 - imports torchvision
from timm.models import load_checkpoint  # noqa: E402

_log = logging.getLogger(__name__)
HUB = "hub"


class FrozenBackbone(nn.Module):
    """A backbone whose chosen layers become token maps on one grid.

    Args:
        name: any timm model name (ResiduaNet's are registered there too).
        layers: indices of the intermediate outputs; None takes the stride-8 blocks of a ResiduaNet, the middle
            eight of twelve blocks of a ViT (the same share of deeper ones), or the middle stages of a pyramid.
        checkpoint: a local .safetensors file, "hub", or None for untrained weights (to be loaded later).

    Raises:
        UserError: the model is not known, or its weights cannot be had.
    """

    def __init__(
        self, name: str, layers: tuple[int, ...] | None = None, checkpoint: str | None = None
    ) -> None:
        super().__init__()
        self.name = name
        self.model = _create(name, checkpoint)
        self.is_ours = isinstance(self.model, residua_net.ResiduaNet)
        self.layers = layers or _default_layers(self.model)
        self.stride = _stride(self.model)
        self.requires_grad_(False)
        self.dim = self._probe_dim()

    @torch.no_grad()
    def _probe_dim(self) -> int:
        side = 4 * self.stride
        tokens, _ = self(torch.zeros(1, 1, side, side))
        return int(tokens[0].shape[-1])

    def forward(self, x: Tensor) -> tuple[list[Tensor], tuple[int, int]]:
        """Tokens of the chosen layers.

        Args:
            x: (B, 1, H, W) standardised grey images; H and W multiples of `stride`.

        Returns:
            L tensors (B, N, C) and the grid (h, w) with N = h·w.
        """
        return self.tokens_of(self.feature_maps(x))

    def feature_maps(self, x: Tensor) -> list[Tensor]:
        """The chosen intermediate outputs, (B, C, h, w) each."""
        seen = x if self.is_ours else x.expand(-1, 3, -1, -1)
        maps: list[Tensor] = self.model.forward_intermediates(  # type: ignore[operator]
            seen, indices=list(self.layers), norm=False, output_fmt="NCHW", intermediates_only=True
        )
        return maps

    @staticmethod
    def tokens_of(maps: list[Tensor]) -> tuple[list[Tensor], tuple[int, int]]:
        """Feature maps as tokens; maps of unlike shapes become one, resampled and concatenated."""
        if len({tuple(layer.shape[1:]) for layer in maps}) > 1:
            maps = [_concatenate(maps)]
        height, width = maps[0].shape[-2:]
        return [layer.flatten(2).transpose(1, 2) for layer in maps], (height, width)


def _concatenate(maps: list[Tensor]) -> Tensor:
    """A pyramid on the grid of its first level, each level at unit length so that none outweighs the others."""
    size = maps[0].shape[-2:]
    resampled = [F.interpolate(layer, size=size, mode="bilinear", align_corners=False) for layer in maps]
    return torch.cat([F.normalize(layer, dim=1) for layer in resampled], dim=1)


def _create(name: str, checkpoint: str | None) -> nn.Module:
    if not timm.is_model(name):
        raise UserError(f"There is no backbone named “{name}”.", "Names are timm's, for example residua_s.")
    extra: dict[str, Any] = {"num_classes": 0}
    if name.startswith("vit"):
        extra["dynamic_img_size"] = True
    try:
        model: nn.Module = timm.create_model(name, pretrained=checkpoint == HUB, **extra)
        if checkpoint not in (None, HUB):
            _load_file(model, _checked_file(name, checkpoint))
    except (OSError, RuntimeError, SafetensorError) as error:
        raise _no_weights(name, checkpoint, error) from error
    if not hasattr(model, "forward_intermediates"):
        raise UserError(f"The backbone “{name}” does not give intermediate features.", "Choose another one.")
    return model.eval()


def _load_file(model: nn.Module, path: Path) -> None:
    """Load a checkpoint; the classifier that it may have is of no use here.

    Raises:
        RuntimeError: it is of another model.
    """
    found = load_checkpoint(model, str(path), strict=False)
    classifier = (getattr(model, "pretrained_cfg", None) or {}).get("classifier") or ()
    heads = tuple(f"{head}." for head in ([classifier] if isinstance(classifier, str) else classifier))
    foreign = [key for key in found.unexpected_keys if not key.startswith(heads)]
    if foreign or found.missing_keys:
        raise RuntimeError(f"missing {found.missing_keys}, not known {foreign}")


def _checked_file(name: str, checkpoint: str) -> Path:
    path = Path(checkpoint).expanduser()
    if path.suffix != ".safetensors":
        raise UserError(
            f"The backbone weights {path.name} are not a .safetensors file.",
            "Other checkpoint formats can run code when they are opened; convert the file first.",
        )
    if not path.is_file():
        raise _no_weights(name, checkpoint, None)
    return path


def _no_weights(name: str, checkpoint: str | None, error: Exception | None) -> UserError:
    _log.info("weights of %s from %s failed: %s", name, checkpoint, error)
    where = "the model hub" if checkpoint == HUB else f"{checkpoint}"
    return UserError(
        f"The weights of the backbone “{name}” could not be loaded from {where}.",
        f"On a machine with internet run: hf download timm/{name} model.safetensors --local-dir weights; "
        "then give the recipe the file's path as detector.backbone_weights.",
    )


def _default_layers(model: nn.Module) -> tuple[int, ...]:
    if isinstance(model, residua_net.ResiduaNet):
        start = model.depths[0]
        return tuple(range(start, start + model.depths[1]))
    blocks = getattr(model, "blocks", None)
    if blocks is not None:
        depth = len(blocks)
        return tuple(range(round(depth / 6), round(depth * 10 / 12)))
    levels = len(model.feature_info)  # type: ignore[arg-type]
    return tuple(range(1, max(2, levels - 1)))


def _stride(model: nn.Module) -> int:
    """Side that both image sides must be a multiple of."""
    if isinstance(model, residua_net.ResiduaNet):
        return 16
    patch = getattr(getattr(model, "patch_embed", None), "patch_size", None)
    return int(patch[0]) if patch is not None else 32
