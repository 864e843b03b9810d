"""Training of the shipped detector, from nothing but a seed: render, train, calibrate, measure, write."""

from dataclasses import asdict, replace
from pathlib import Path

import torch

from core.detection.network import DefectNetwork, NetworkSpec
from core.detection.training.calibrate import fit_calibrations
from core.detection.training.corpus import TrainingSet, open_training_set
from core.detection.training.matching import train_matching
from core.detection.training.ni_head import NILosses, train_ni_head
from core.detection.training.start import heads_for
from core.detection.weights import Card, read_card, read_network, resolve_weights, write_weights
from core.domain.arrays import BoolArray, FloatArray
from core.domain.maps import ScoreMap
from core.domain.recipes import SegmentationOptions
from core.jobs import JobContext
from core.networks.backbone.frozen import FrozenBackbone
from core.networks.device import describe_device, pick_device, use_physical_cores
from core.networks.training.checkpoint import refuse_other_checkpoint
from core.networks.training.loop import Schedule
from core.networks.training.plan import Plan
from core.networks.weights_file import file_sha256
from core.segmentation import segment
from core.services.training.corpus import CorpusPlan, render_corpus
from core.services.training.plan import TrainingPlan, fields_of_head, fields_of_matching
from core.synthesis import training_draws, training_families, training_kinds

__all__ = ["TrainingPlan", "train_default", "train_head"]

NOTES = "Trained on generated SEM images only; held-out layout families and defect kinds were not shown."

_MATCHING_CHECKPOINT, _HEAD_CHECKPOINT = "phase1.safetensors", "phase2.safetensors"


def train_head(
    backbone: str, backbone_checkpoint: str, plan: TrainingPlan, out: Path, device_name: str, ctx: JobContext
) -> Path:
    """Make a detector on one of timm's backbones: the NI head alone, the backbone frozen and not copied.

    Args:
        backbone: timm's name.
        backbone_checkpoint: a safetensors file or "hub"; a recipe must name it again as backbone_weights.
        plan: its backbone and phase 1 are not used.
        out: folder for the corpus, the checkpoint and the result.

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
    stride = network.backbone.stride
    plan = replace(plan, crop=plan.crop // (2 * stride) * 2 * stride)
    begun = fields_of_head(
        plan, {"backbone": backbone, "backbone_weights": _weights_text(backbone_checkpoint)}
    )
    refuse_other_checkpoint(out / _HEAD_CHECKPOINT, begun)
    training, calibration_set = render_sets(plan, out, ctx)
    seconds = _train_head_phase(network, training, plan, begun, device, out, ctx)
    calibrations = fit_calibrations(network, calibration_set, binarize, device, ctx, seed=plan.seed)
    facts = {"head_seconds": round(seconds), "device": describe_device(device), "steps": plan.head_steps}
    card = Card(
        model_id=f"ic-defectncd-{backbone}",
        network=spec,
        calibrations=calibrations,
        training={**facts, "images": plan.images, "crop": plan.crop, "batch": plan.batch, "seed": plan.seed},
        notes=NOTES,
    )
    path = out / f"ic_defectncd_{backbone.replace('.', '_')}.safetensors"
    write_weights(path, network.cpu(), card)
    return path


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
    device = pick_device(device_name)
    earlier = _earlier(plan)
    matching_plan = fields_of_matching(plan, earlier)
    head_plan = fields_of_head(plan, matching_plan)
    refuse_other_checkpoint(out / _MATCHING_CHECKPOINT, matching_plan)
    refuse_other_checkpoint(out / _HEAD_CHECKPOINT, head_plan)
    torch.manual_seed(plan.seed)
    training, calibration_set = render_sets(plan, out, ctx)
    network = DefectNetwork(
        NetworkSpec(backbone=plan.backbone, attention_heads=4 if plan.backbone == "residua_test" else 6)
    )
    _start_from(network, plan)
    matching_s = _train_matching(network, training, plan, matching_plan, device, out, ctx)
    head_s = _train_head_phase(network, training, plan, head_plan, device, out, ctx)
    calibrations = fit_calibrations(network, calibration_set, binarize, device, ctx, seed=plan.seed)
    card = Card(
        model_id=f"ic-defectncd-{plan.backbone}",
        network=network.spec,
        calibrations=calibrations,
        training={
            **asdict(plan),
            "device": describe_device(device),
            "matching_seconds": round(matching_s),
            **earlier,
            "head_seconds": round(head_s),
        },
        notes=NOTES,
    )
    path = out / f"ic_defectncd_{plan.backbone.removeprefix('residua_')}.safetensors"
    write_weights(path, network.cpu(), card)
    return path


def _start_from(network: DefectNetwork, plan: TrainingPlan) -> None:
    """Load the weights that the plan goes on from.

    Raises:
        UserError: they cannot be read, or are of another backbone.
    """
    if plan.start_from:
        path = resolve_weights(plan.start_from)
        network.load_state_dict(read_network(path, backbone=plan.backbone).state_dict())


def _earlier(plan: TrainingPlan) -> dict[str, str | int | float]:
    """Which weights the plan goes on from and what they were trained with, for the card.

    Raises:
        UserError: they are not there.
    """
    if not plan.start_from:
        return {}
    path = resolve_weights(plan.start_from)
    before = {f"earlier_{name}": value for name, value in read_card(path).training.items()}
    return {"start_from": path.name, "start_from_sha256": file_sha256(path), **before}


def binarize(values: FloatArray, floor: float) -> BoolArray:
    """The product's default segmentation as calibration sees it."""
    mask, _ = segment(ScoreMap(values, 1.0), SegmentationOptions(), floor=floor)
    return mask.pixels


def render_sets(plan: TrainingPlan, out: Path, ctx: JobContext) -> tuple[TrainingSet, TrainingSet]:
    """Training and calibration images, both of the families and kinds that are not held out."""
    kinds = training_kinds()
    folders = out / "corpus" / "training", out / "corpus" / "calibration"
    plans = (
        CorpusPlan(plan.images, plan.side, plan.seed * 1_000_000, training_draws(), kinds, 0.6),
        CorpusPlan(
            plan.calibration_images,
            plan.calibration_side,
            plan.seed * 1_000_000 + 900_000,
            training_families(),
            kinds,
        ),
    )
    for folder, corpus in zip(folders, plans, strict=True):
        render_corpus(corpus, folder, ctx)
    return open_training_set(folders[0]), open_training_set(folders[1])


def _weights_text(checkpoint: str) -> str:
    """A file by its bytes, "hub" by its name."""
    path = Path(checkpoint)
    return f"sha256 {file_sha256(path)}" if path.is_file() else checkpoint


def _train_matching(
    network: DefectNetwork,
    training: TrainingSet,
    plan: TrainingPlan,
    begun: Plan,
    device: torch.device,
    out: Path,
    ctx: JobContext,
) -> float:
    return train_matching(
        network,
        training,
        Schedule(
            plan.matching_steps,
            peak=plan.rate,
            warmup=min(200, plan.matching_steps // 10 + 1),
            plan=begun,
        ),
        crop=plan.crop,
        batch=plan.batch,
        seed=plan.seed + 1,
        device=device,
        checkpoint=out / _MATCHING_CHECKPOINT,
        ctx=ctx,
    )


def _train_head_phase(
    network: DefectNetwork,
    training: TrainingSet,
    plan: TrainingPlan,
    begun: Plan,
    device: torch.device,
    out: Path,
    ctx: JobContext,
) -> float:
    return train_ni_head(
        network,
        training,
        Schedule(plan.head_steps, peak=1e-3, final=1e-4, weight_decay=1e-4, clip=0.1, plan=begun),
        NILosses(),
        crop=plan.crop,
        batch=plan.batch,
        seed=plan.seed + 2,
        device=device,
        checkpoint=out / _HEAD_CHECKPOINT,
        ctx=ctx,
    )
