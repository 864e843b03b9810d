"""Training of the shipped detector, from nothing but a seed, and of its head on another backbone."""

from dataclasses import asdict, replace
from pathlib import Path

import torch

from core.detection.lineage import Facts, Training, with_earlier
from core.detection.network import DefectNetwork, NetworkSpec
from core.detection.training.start import backbone_origin, heads_for
from core.detection.weights import read_card, read_network, resolve_weights
from core.jobs import JobContext
from core.networks.backbone.frozen import FrozenBackbone
from core.networks.device import describe_device, pick_device, use_physical_cores
from core.networks.weights_file import file_sha256
from core.services.training.phases import HEAD_CHECKPOINT, MATCHING_CHECKPOINT, Sitting
from core.services.training.plan import TrainingPlan, fields_of_head, fields_of_matching

__all__ = ["TrainingPlan", "train_default", "train_head"]


def train_head(
    backbone: str, backbone_checkpoint: str, plan: TrainingPlan, out: Path, device_name: str, ctx: JobContext
) -> Path:
    """Make a detector on one of timm's backbones: the NI head alone, the backbone frozen and not copied.

    Args:
        backbone: timm's name.
        backbone_checkpoint: a safetensors file or "hub"; a recipe must name it again as backbone_weights.
        plan: its backbone and phase 1 are not used.
        out: folder for the corpus, the checkpoint and the result.
        device_name: "auto", "cpu" or "cuda".

    Returns:
        The safetensors file; its card lies beside it.

    Raises:
        UserError: the backbone or its weights are not there, or the folder holds work of another plan.
    """
    use_physical_cores()
    device = pick_device(device_name)
    torch.manual_seed(plan.seed)
    width = FrozenBackbone(backbone, checkpoint=backbone_checkpoint).dim
    spec = NetworkSpec(
        backbone=backbone, attention_heads=heads_for(width), matching=False, backbone_included=False
    )
    network = DefectNetwork(spec, backbone_checkpoint)
    grid = 2 * network.backbone.stride
    sitting = Sitting(replace(plan, crop=plan.crop // grid * grid), out, device, ctx)
    begun = fields_of_head(sitting.plan, backbone_origin(backbone, backbone_checkpoint))
    sitting.refuse_other(HEAD_CHECKPOINT, begun)
    training, calibration = sitting.render_sets()
    seconds = sitting.train_head(network, training, begun)
    return sitting.write(network, calibration, backbone, _facts_of_head(sitting, seconds))


def train_default(plan: TrainingPlan, out: Path, device_name: str, ctx: JobContext) -> Path:
    """Make the default detector's weights; run again with the same plan after a stop, it goes on.

    Args:
        plan: what to train.
        out: folder for the corpus, the checkpoints and the result.
        device_name: "auto", "cpu" or "cuda".

    Returns:
        The safetensors file; its card lies beside it.

    Raises:
        UserError: the weights to start from are not there, or the folder holds work of another plan.
    """
    use_physical_cores()
    sitting = Sitting(plan, out, pick_device(device_name), ctx)
    origin, before = _start_of(plan)
    matching_plan = fields_of_matching(plan, origin)
    head_plan = fields_of_head(plan, matching_plan)
    sitting.refuse_other(MATCHING_CHECKPOINT, matching_plan)
    sitting.refuse_other(HEAD_CHECKPOINT, head_plan)
    torch.manual_seed(plan.seed)
    training, calibration = sitting.render_sets()
    network = _network_of(plan)
    seconds = {
        "matching_seconds": round(sitting.train_matching(network, training, matching_plan)),
        "head_seconds": round(sitting.train_head(network, training, head_plan)),
    }
    facts = {**asdict(plan), **origin, "device": describe_device(sitting.device), **seconds}
    return sitting.write(network, calibration, plan.backbone, with_earlier(facts, before))


def _facts_of_head(sitting: Sitting, seconds: float) -> Training:
    plan = sitting.plan
    return {
        "head_seconds": round(seconds),
        "device": describe_device(sitting.device),
        "steps": plan.head_steps,
        "images": plan.images,
        "crop": plan.crop,
        "batch": plan.batch,
        "seed": plan.seed,
    }


def _start_of(plan: TrainingPlan) -> tuple[Facts, Training | None]:
    """Which weights the plan goes on from, and what they were trained with.

    Raises:
        UserError: they are not there.
    """
    if not plan.start_from:
        return {}, None
    path = resolve_weights(plan.start_from)
    return {"start_from": path.name, "start_from_sha256": file_sha256(path)}, read_card(path).training


def _network_of(plan: TrainingPlan) -> DefectNetwork:
    """A new network, or the one that the plan goes on from.

    Raises:
        UserError: its weights cannot be read, or are of another backbone.
    """
    heads = 4 if plan.backbone == "residua_test" else 6
    network = DefectNetwork(NetworkSpec(backbone=plan.backbone, attention_heads=heads))
    if plan.start_from:
        path = resolve_weights(plan.start_from)
        network.load_state_dict(read_network(path, backbone=plan.backbone).state_dict())
    return network
