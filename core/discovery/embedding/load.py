"""Embeddings by name."""

from pathlib import Path

from core.discovery.embedding.backbones import detector_backbone
from core.discovery.embedding.options import EmbeddingOptions
from core.discovery.embedding.raw import RawEmbedder
from core.networks.backbone.frozen import HUB, FrozenBackbone
from core.networks.device import pick_device, use_physical_cores
from core.networks.weights_file import file_sha256


def load_embedder(options: EmbeddingOptions, device: str) -> RawEmbedder:
    """The embedding that the options ask for.

    Args:
        options: which one.
        device: "auto", "cpu" or "cuda".

    Raises:
        UserError: weights, backbone or device are not there.
    """
    use_physical_cores()
    return _raw(options, device)


def _raw(options: EmbeddingOptions, device: str) -> RawEmbedder:
    if options.backbone is None:
        backbone, path = detector_backbone(options.weights)
        source = file_sha256(path)[:12]
    else:
        backbone = FrozenBackbone(options.backbone, checkpoint=options.weights)
        source = _source(options.weights)
    identity = f"raw {backbone.name} {options.side} {source}"
    return RawEmbedder(backbone, identity, options.side, pick_device(device))


def _source(weights: str) -> str:
    """Hub weights by their name, files by their bytes."""
    return HUB if weights == HUB else file_sha256(Path(weights).expanduser())[:12]
