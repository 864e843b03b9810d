"""Training of the shipped detector, from nothing but a seed: render, train, calibrate, measure, write."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

import torch

from core.detection.backbone.frozen import FrozenBackbone
from core.detection.device import describe_device, pick_device, use_physical_cores
from core.detection.network import DefectNetwork, NetworkSpec
from core.detection.training.calibrate import fit_calibration
from core.detection.training.corpus import TrainingSet, open_training_set
from core.detection.training.loop import Schedule
from core.detection.training.matching import train_matching
from core.detection.training.ni_head import NILosses, train_ni_head
from core.detection.weights import (
    Card,
    file_sha256,
    read_card,
    read_network,
    resolve_weights,
    write_weights,
)
from core.domain.arrays import BoolArray, FloatArray
from core.domain.maps import ScoreMap
from core.domain.recipes import SegmentationOptions
from core.jobs import JobContext
from core.segmentation import segment
from core.services.training_corpus import CorpusPlan, render_corpus
from core.synthesis import FAMILIES, KINDS

NOTES = "Trained on generated SEM images only; held-out layout families and defect kinds were not shown."


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """Sizes and seeds of a training. The card of shipped weights says which made them.

    Attributes:
        backbone: which encoder.
        images, side: of the rendered training set.
        crop, batch: of phase 1 and 2.
        matching_steps, head_steps: of phase 1 and 2.
        rate: peak learning rate of phase 1.
        calibration_images: rendered apart, 448 px, of the training families.
        start_from: weights file whose encoder and matching phase 1 goes on from; empty starts anew.
        seed: of everything.
    """

    backbone: Literal["residua_s", "residua_test"] = "residua_s"
    images: int = 10_000
    side: int = 384
    crop: int = 288
    batch: int = 8
    matching_steps: int = 3200
    head_steps: int = 400
    rate: float = 2e-3
    calibration_images: int = 300
    calibration_side: int = 448
    start_from: str = ""
    seed: int = 20261


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
        UserError: the backbone or its weights are not there.
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
    training, calibration_set = render_sets(plan, out, ctx)
    seconds = _train_head_phase(network, training, plan, device, out, ctx)
    calibration = fit_calibration(network, calibration_set, binarize, device, ctx, seed=plan.seed)
    facts = {"head_seconds": round(seconds), "device": describe_device(device), "steps": plan.head_steps}
    card = Card(
        model_id=f"ic-defectncd-{backbone}",
        network=spec,
        calibration=calibration,
        training={**facts, "images": plan.images, "crop": plan.crop, "batch": plan.batch, "seed": plan.seed},
        notes=NOTES,
    )
    path = out / f"ic_defectncd_{backbone.replace('.', '_')}.safetensors"
    write_weights(path, network.cpu(), card)
    return path


def heads_for(width: int) -> int:
    """Attention heads for a backbone's channels: as many as divide them and leave 16 channels or more each."""
    return next(heads for heads in (12, 8, 6, 4, 3, 2, 1) if width % heads == 0 and width // heads >= 16)


def train_default(plan: TrainingPlan, out: Path, device_name: str, ctx: JobContext) -> Path:
    """Make the default detector's weights; run again after a stop, it goes on.

    Args:
        plan: what to train.
        out: folder for the corpus, the checkpoints and the result.
        device_name: "auto", "cpu" or "cuda".

    Returns:
        The safetensors file; its card lies beside it.
    """
    use_physical_cores()
    device = pick_device(device_name)
    torch.manual_seed(plan.seed)
    training, calibration_set = render_sets(plan, out, ctx)
    network = DefectNetwork(
        NetworkSpec(backbone=plan.backbone, attention_heads=4 if plan.backbone == "residua_test" else 6)
    )
    earlier = _start_from(network, plan)
    matching_s = _train_matching(network, training, plan, device, out, ctx)
    head_s = _train_head_phase(network, training, plan, device, out, ctx)
    calibration = fit_calibration(network, calibration_set, binarize, device, ctx, seed=plan.seed)
    card = Card(
        model_id=f"ic-defectncd-{plan.backbone}",
        network=network.spec,
        calibration=calibration,
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


def _start_from(network: DefectNetwork, plan: TrainingPlan) -> dict[str, str | int | float]:
    """Load the weights that the plan goes on from; what they were trained with, for the card.

    Raises:
        UserError: they cannot be read, or are of another backbone.
    """
    if not plan.start_from:
        return {}
    path = resolve_weights(plan.start_from)
    network.load_state_dict(read_network(path, backbone=plan.backbone).state_dict())
    before = {f"earlier_{name}": value for name, value in read_card(path).training.items()}
    return {"start_from": path.name, "start_from_sha256": file_sha256(path), **before}


def binarize(values: FloatArray, floor: float) -> BoolArray:
    """The product's default segmentation as calibration sees it."""
    mask, _ = segment(ScoreMap(values, 1.0), SegmentationOptions(), floor=floor)
    return mask.pixels


def render_sets(plan: TrainingPlan, out: Path, ctx: JobContext) -> tuple[TrainingSet, TrainingSet]:
    """Training and calibration images, both of the families and kinds that are not held out."""
    families = tuple(name for name, family in FAMILIES.items() if not family.held_out)
    kinds = tuple(name for name, kind in KINDS.items() if not kind.held_out)
    folders = out / "corpus" / "training", out / "corpus" / "calibration"
    plans = (
        CorpusPlan(plan.images, plan.side, plan.seed * 1_000_000, families, kinds, 0.6),
        CorpusPlan(
            plan.calibration_images, plan.calibration_side, plan.seed * 1_000_000 + 900_000, families, kinds
        ),
    )
    for folder, corpus in zip(folders, plans, strict=True):
        render_corpus(corpus, folder, ctx)
    return open_training_set(folders[0]), open_training_set(folders[1])


def _train_matching(
    network: DefectNetwork,
    training: TrainingSet,
    plan: TrainingPlan,
    device: torch.device,
    out: Path,
    ctx: JobContext,
) -> float:
    return train_matching(
        network,
        training,
        Schedule(plan.matching_steps, peak=plan.rate, warmup=min(200, plan.matching_steps // 10 + 1)),
        crop=plan.crop,
        batch=plan.batch,
        seed=plan.seed + 1,
        device=device,
        checkpoint=out / "phase1.safetensors",
        ctx=ctx,
    )


def _train_head_phase(
    network: DefectNetwork,
    training: TrainingSet,
    plan: TrainingPlan,
    device: torch.device,
    out: Path,
    ctx: JobContext,
) -> float:
    return train_ni_head(
        network,
        training,
        Schedule(plan.head_steps, peak=1e-3, final=1e-4, weight_decay=1e-4, clip=0.1),
        NILosses(),
        crop=plan.crop,
        batch=plan.batch,
        seed=plan.seed + 2,
        device=device,
        checkpoint=out / "phase2.safetensors",
        ctx=ctx,
    )
