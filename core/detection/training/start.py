"""What a training of the NI head goes on from: weights of ours, or a new head on a backbone of timm's."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import torch

from core.detection.evidence import TRAINING_FREE
from core.detection.ic_defectncd.head import NIHead
from core.detection.lineage import Training
from core.detection.mutual import refuse_mutual
from core.detection.network import DefectNetwork, NetworkSpec
from core.detection.weights import default_weights_file, read_card, read_network, resolve_weights
from core.domain.errors import UserError
from core.domain.recipes import DetectorOptions, EvidenceSource, TrainingOptions
from core.networks.backbone.frozen import FrozenBackbone
from core.networks.weights_file import file_sha256

_NEW_HEAD_HEADS = (12, 8, 6, 4, 3, 2, 1)


@dataclass(frozen=True, slots=True)
class Start:
    """A network whose head is about to be trained.

    Attributes:
        network: on the CPU; its spec says how the head is built.
        origin: names and hashes of the files that it came from: they decide the outcome.
        earlier: what those weights were trained with, for the card; None for a new head.
    """

    network: DefectNetwork
    origin: dict[str, str]
    earlier: Training | None = None


def begin_training(detector: DetectorOptions, training: TrainingOptions) -> Start:
    """The network of a recipe, its head kept where its shape is the one that is wanted.

    Args:
        detector: weights to go on from; a backbone other than the default weights' gets a head of its own.
        training: shape of the head, and the seed of a new one.

    Raises:
        UserError: weights or backbone cannot be had, the attention heads do not divide the backbone's channels, or
            the detector could not do what the recipe asks for.
    """
    torch.manual_seed(training.seed)
    if detector.weights == "default" and detector.backbone not in (None, _default_backbone()):
        refuse_mutual(detector, has_matching=False)
        return _on_backbone(str(detector.backbone), detector.backbone_weights, training)
    path = resolve_weights(detector.weights)
    card = read_card(path)
    refuse_mutual(detector, has_matching=card.network.matching)
    network = read_network(path, backbone=detector.backbone, backbone_checkpoint=detector.backbone_weights)
    _reshape_head(network, training)
    origin = {"start_from": path.name, "start_from_sha256": file_sha256(path)}
    if not card.network.backbone_included:
        origin |= backbone_origin(card.network.backbone, detector.backbone_weights)
    return Start(network, origin, card.training)


def _default_backbone() -> str:
    return read_card(default_weights_file()).network.backbone


def _on_backbone(backbone: str, checkpoint: str | None, training: TrainingOptions) -> Start:
    """A new head; matching belongs to our own encoder and is left out."""
    if checkpoint is None:
        raise UserError(
            f"The backbone “{backbone}” needs its weights.",
            "Name them by --backbone-weights or detector.backbone_weights: a .safetensors file, or hub.",
        )
    width = FrozenBackbone(backbone, checkpoint=checkpoint).dim
    heads = training.attention_heads or heads_for(width)
    _refuse_uneven(heads, width)
    spec = NetworkSpec(
        backbone=backbone,
        normal_tokens=training.normal_tokens or 6,
        attention_heads=heads,
        groups=training.groups or 2,
        matching=False,
        backbone_included=False,
    )
    return Start(DefectNetwork(spec, checkpoint), backbone_origin(backbone, checkpoint))


def heads_for(width: int) -> int:
    """Attention heads for a backbone's channels: as many as divide them and leave 16 channels or more each."""
    fitting = (heads for heads in _NEW_HEAD_HEADS if width % heads == 0 and width // heads >= 16)
    return next(fitting, 1)


def _reshape_head(network: DefectNetwork, training: TrainingOptions) -> None:
    """Keep the trained head, or put a new one where the recipe wants another shape."""
    wanted = network.spec.model_copy(
        update={
            name: value
            for name in ("normal_tokens", "attention_heads", "groups")
            if (value := getattr(training, name)) is not None
        }
    )
    if wanted == network.spec:
        return
    _refuse_uneven(wanted.attention_heads, network.backbone.dim)
    network.head = NIHead(
        network.backbone.dim,
        len(network.head.decoder.blocks),
        tokens=wanted.normal_tokens,
        heads=wanted.attention_heads,
        groups=wanted.groups,
    )
    network.spec = wanted


def _refuse_uneven(heads: int, width: int) -> None:
    if width % heads:
        raise UserError(
            f"{heads} attention heads do not divide the backbone's {width} channels.",
            "Change training.attention_heads in the recipe.",
        )


def backbone_origin(backbone: str, checkpoint: str | None) -> dict[str, str]:
    """What a backbone came from: a file by its bytes, "hub" by its name."""
    path = Path(checkpoint or "").expanduser()
    text = f"sha256 {file_sha256(path)}" if checkpoint and path.is_file() else str(checkpoint)
    return {"backbone": backbone, "backbone_weights": text}


def usable_evidence(network: DefectNetwork, wanted: Collection[EvidenceSource]) -> tuple[EvidenceSource, ...]:
    """The sources among those that are wanted which a network can give.

    Raises:
        UserError: there are none.
    """
    available = {*network.sources, *TRAINING_FREE}
    if network.matching is not None:
        available.add("coarse_matching")
    usable = tuple(source for source in wanted if source in available)
    if not usable:
        raise UserError(
            f"A detector on {network.spec.backbone} gives no {', '.join(wanted)}.",
            "Name residual or prototypes as detector.evidence in the recipe.",
        )
    return usable
