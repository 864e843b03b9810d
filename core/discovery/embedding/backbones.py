"""The frozen backbone behind an embedding: out of a detector's weights, or one of timm's."""

from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel
from safetensors import safe_open
from torch import nn

from core.domain.errors import UserError
from core.networks.backbone.frozen import FrozenBackbone
from core.networks.backbone.residua_net import ResiduaNet
from core.networks.weights_file import read_card_of

_DETECTOR_FILE = "ic_defectncd_s.safetensors"
_PREFIX = "backbone.model."


class _BackboneSpec(BaseModel):
    """What of a detector's network concerns its backbone; the rest is not ours."""

    backbone: str
    backbone_included: bool = True


class _DetectorCard(BaseModel):
    model_id: str
    network: _BackboneSpec


def shipped_file(name: str) -> Path:
    """A file of the shipped weights."""
    return Path(str(files("models").joinpath(name)))


def resolve_file(weights: str, shipped: str) -> Path:
    """The file that an option `weights` means.

    Raises:
        UserError: there is no such file.
    """
    path = shipped_file(shipped) if weights == "default" else Path(weights).expanduser()
    if not path.is_file():
        raise UserError(f"The weights {path} do not exist.", "Check the weights of the embedding.")
    return path


def detector_backbone(weights: str) -> tuple[FrozenBackbone, Path]:
    """The backbone inside a detector's weights file, and the file.

    Raises:
        UserError: there is no such file, or it holds no backbone.
    """
    path = resolve_file(weights, _DETECTOR_FILE)
    spec = read_card_of(path, _DetectorCard, "detector").network
    if not spec.backbone_included:
        raise UserError(
            f"The weights {path.name} do not hold their backbone “{spec.backbone}”.",
            "Name the backbone and its own weights instead.",
        )
    backbone = FrozenBackbone(spec.backbone)
    _load_prefixed(path, backbone.model)
    return backbone, path


def deepest_layers(backbone: FrozenBackbone) -> tuple[int, ...]:
    """Layers that say what is where: every stage's end, or of a ViT the block at two thirds and the last."""
    if isinstance(backbone.model, ResiduaNet):
        return tuple(backbone.model.stage_ends)
    blocks = getattr(backbone.model, "blocks", None)
    if blocks is None:
        return backbone.layers
    depth = len(blocks)
    return tuple(sorted({max(0, round(depth * 2 / 3) - 1), depth - 1}))


def _load_prefixed(path: Path, module: nn.Module) -> None:
    with safe_open(path, framework="pt") as stream:
        names = [name for name in stream.keys() if name.startswith(_PREFIX)]  # noqa: SIM118 - no mapping
        tensors = {name.removeprefix(_PREFIX): stream.get_tensor(name) for name in names}
    try:
        module.load_state_dict(tensors)
    except RuntimeError as error:
        raise UserError(f"{path.name} does not fit its own card.", "The file may be damaged.") from error
