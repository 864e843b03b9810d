"""What a training begins with: a trunk that is a detector's encoder, or a finished network that is mostly frozen."""

import torch

from core.discovery.embedding.smg_vit import SMGViT, SMGViTSpec
from core.discovery.embedding.weights import SMGNetwork
from core.domain.errors import UserError
from core.networks.backbone.frozen import FrozenBackbone
from core.networks.backbone.residua_net import ResiduaNet

_MASK_SHARE = 0.1  # of its random weights that the mask's channel keeps: the pixels lead at first


def new_network(spec: SMGViTSpec, seed: int, backbone: FrozenBackbone | None) -> SMGViT:
    """An untrained network.

    Args:
        spec: what to build.
        seed: of its weights.
        backbone: the encoder that its trunk begins as; None begins anew.

    Raises:
        UserError: the backbone does not fit.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = SMGViT(spec)
    if backbone is not None:
        start_from_encoder(network, backbone)
    return network


def freeze_all_but_tail(network: SMGNetwork, blocks: int) -> None:
    """Let only the last guided blocks and the norm after them learn."""
    network.requires_grad_(False)
    for part in network.tail(blocks):
        part.requires_grad_(True)


@torch.no_grad()
def start_from_encoder(network: SMGViT, backbone: FrozenBackbone) -> None:
    """Let the trunk begin as the first two stages of a detector's encoder, which knows lines, edges and defects.

    Copies stem and blocks at stride 4 and 8 in place; of the stem, what reads the pixels.

    Raises:
        UserError: the backbone is not ours, or its channels or blocks are others.
    """
    encoder = backbone.model
    if not isinstance(encoder, ResiduaNet) or not _fits(network, encoder):
        raise UserError(
            f"The embedding cannot begin as the encoder {backbone.name}.", "Choose other weights."
        )
    stem = network.stem.weight * _MASK_SHARE
    stem[:, :1] = encoder.stem.weight[:, :1]
    network.stem.load_state_dict({"weight": stem, "bias": encoder.stem.bias})
    network.fine.load_state_dict(encoder.stages[0].state_dict())
    network.down.load_state_dict(encoder.downs[1].state_dict())
    network.coarse.load_state_dict(encoder.stages[1].state_dict())


def _fits(network: SMGViT, encoder: ResiduaNet) -> bool:
    spec = network.spec
    return (spec.stem, spec.dim) == encoder.dims[:2] and spec.trunk_blocks == encoder.depths[:2]
