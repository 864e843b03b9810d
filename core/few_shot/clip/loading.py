"""CLIP from a local file or the hub; nothing is fetched unless the hub is asked for by name."""

import logging
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from torch import nn

from core.domain.errors import UserError
from core.networks.torchvision_remedy import prepare_torchvision

DEFAULT_CLIP = "ViT-B-16-plus-240"
HUB = "hub"

_log = logging.getLogger(__name__)
_TAG = "laion400m_e32"
_REPOSITORY = "timm/vit_base_patch16_plus_clip_240.laion400m_e31"


def load_clip(name: str, checkpoint: str, side: int | None = None) -> tuple[Any, Any]:
    """An open_clip ViT with its tokenizer, frozen.

    Args:
        name: open_clip's name of the model.
        checkpoint: a local .safetensors file, or "hub".
        side: input side in px; position embeddings are resampled. None for the model's own.

    Returns:
        The model in eval mode, and its tokenizer.

    Raises:
        UserError: open_clip is not installed, there is no such model, its weights cannot be had, or its image tower
            is no plain ViT.
    """
    open_clip = _import_open_clip()
    if name not in open_clip.list_models():
        raise UserError(
            f"There is no CLIP model named “{name}”.", f"Names are open_clip's, as {DEFAULT_CLIP}."
        )
    pretrained = _hub_tag(open_clip, name) if checkpoint == HUB else str(_checked_file(name, checkpoint))
    try:
        model = open_clip.create_model(name, pretrained=pretrained, force_image_size=side)
    except (OSError, RuntimeError, ValueError, AssertionError, SafetensorError) as error:  # it asserts shapes
        raise _no_weights(name, checkpoint, error) from error
    _refuse_other_towers(name, model)
    return model.eval().requires_grad_(False), open_clip.get_tokenizer(name)


def _import_open_clip() -> Any:
    prepare_torchvision()
    try:
        import open_clip
    except ImportError as error:
        raise UserError(
            "SEM-CLIP needs open_clip, which is not installed.", "Run: pip install residua[clip]."
        ) from error
    return open_clip


def _hub_tag(open_clip: Any, name: str) -> str:
    """The tag of the paper where the model has it, else the model's first."""
    tags = open_clip.list_pretrained_tags_by_model(name)
    if not tags:
        raise UserError(f"The hub has no weights for “{name}”.", "Give a local .safetensors file.")
    return str(_TAG if _TAG in tags else tags[0])


def _checked_file(name: str, checkpoint: str) -> Path:
    path = Path(checkpoint).expanduser()
    if path.suffix != ".safetensors":
        raise UserError(
            f"The CLIP weights {path.name} are not a .safetensors file.",
            "Other checkpoint formats can run code when they are opened; convert the file first.",
        )
    if not path.is_file():
        raise _no_weights(name, checkpoint, None)
    return path


def _refuse_other_towers(name: str, model: nn.Module) -> None:
    from open_clip.transformer import ResidualAttentionBlock, VisionTransformer

    visual: Any = getattr(model, "visual", None)
    plain = isinstance(visual, VisionTransformer) and visual.attn_pool is None and visual.proj is not None
    if not plain or not all(type(one) is ResidualAttentionBlock for one in visual.transformer.resblocks):
        raise UserError(
            f"The image tower of “{name}” is no plain ViT.", f"Use another one, as {DEFAULT_CLIP}."
        )


def _no_weights(name: str, checkpoint: str, error: Exception | None) -> UserError:
    _log.info("weights of %s from %s failed: %s", name, checkpoint, error)
    where = "the model hub" if checkpoint == HUB else checkpoint
    return UserError(
        f"The weights of the CLIP model “{name}” could not be loaded from {where}.",
        f"On a machine with internet run: hf download {_REPOSITORY} open_clip_model.safetensors --local-dir weights; "
        f"then give that file for {DEFAULT_CLIP} with --clip-weights or, in a recipe, as detector.backbone_weights.",
    )
