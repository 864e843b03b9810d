"""Embeddings by name."""

from pathlib import Path

from core.discovery.embedding.backbones import detector_backbone, resolve_file
from core.discovery.embedding.batched import BatchedEmbedder
from core.discovery.embedding.options import EmbeddingOptions
from core.discovery.embedding.raw import RawFeatures
from core.discovery.embedding.smg_timm import TimmSpec
from core.discovery.embedding.weights import (
    DEFAULT_FILE,
    SMGNetwork,
    build_network,
    read_embedding_card,
    read_smg_network,
)
from core.networks.backbone.frozen import HUB, FrozenBackbone
from core.networks.device import pick_device, use_physical_cores
from core.networks.weights_file import file_sha256

_SHOWN = 12  # digits of a fingerprint


def load_embedder(options: EmbeddingOptions, device: str) -> BatchedEmbedder:
    """The embedding that the options ask for.

    Args:
        options: which one.
        device: "auto", "cpu" or "cuda".

    Raises:
        UserError: weights, backbone or device are not there.
    """
    use_physical_cores()
    return _raw(options, device) if options.method == "raw" else _smg_vit(options, device)


def open_smg(options: EmbeddingOptions) -> tuple[SMGNetwork, str]:
    """The SMG-ViT of the options and its identity; on a ViT of timm's, guided with λ as it begins.

    Raises:
        UserError: weights or backbone are not there.
    """
    if options.backbone is not None:
        spec = TimmSpec(backbone=options.backbone, side=options.side)
        network = build_network(spec, options.weights)
        return network.eval(), f"smg {options.backbone} {network.side} {_source(options.weights)}"
    path = resolve_file(options.weights, DEFAULT_FILE)
    return read_smg_network(path), f"{read_embedding_card(path).model_id} {file_sha256(path)[:_SHOWN]}"


def _smg_vit(options: EmbeddingOptions, device: str) -> BatchedEmbedder:
    network, identity = open_smg(options)
    return BatchedEmbedder(network, network.side, identity, pick_device(device))


def _raw(options: EmbeddingOptions, device: str) -> BatchedEmbedder:
    if options.backbone is None:
        backbone, path = detector_backbone(options.weights)
        source = file_sha256(path)[:_SHOWN]
    else:
        backbone = FrozenBackbone(options.backbone, checkpoint=options.weights)
        source = _source(options.weights)
    features = RawFeatures(backbone)
    side = features.side_of(options.side)
    return BatchedEmbedder(features, side, f"raw {backbone.name} {side} {source}", pick_device(device))


def _source(weights: str) -> str:
    """Hub weights by their name, files by their bytes."""
    return HUB if weights == HUB else file_sha256(Path(weights).expanduser())[:_SHOWN]
