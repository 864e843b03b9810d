"""Training of the shipped embedding, from a seed: render crops, train, measure on new kinds and layouts, write."""

from pathlib import Path

import numpy as np

from core.discovery.embedding.backbones import detector_backbone
from core.discovery.embedding.smg_vit import SMGViTSpec
from core.discovery.embedding.weights import DEFAULT_FILE, EmbeddingCard, write_embedding
from core.discovery.training.distillation import TeacherAndStudent, train_embedding
from core.discovery.training.start import new_network
from core.discovery.training.windows import ViewSampler, WindowSet
from core.jobs import JobContext
from core.networks.device import describe_device, pick_device, use_physical_cores
from core.networks.training.checkpoint import refuse_other_checkpoint
from core.networks.training.loop import Schedule
from core.networks.training.plan import Plan
from core.services.training.crops import CropSet
from core.services.training.embedding_candidates import figures_for_card, measure_candidates
from core.services.training.embedding_plan import EmbeddingPlan, fields_of_embedding, render_training_crops
from core.services.training.kinds import label_of, labels_of_known
from core.synthesis import FAMILIES

__all__ = ["EmbeddingPlan", "train_default_embedding"]

NOTES = (
    "Trained on generated SEM images only; held-out layout families and half of the defect kinds were not shown. "
    "Figures: defects of all kinds on held-out layouts, the training kinds half labelled."
)

_MODEL_ID = "smg-vit-s"
_CHECKPOINT = "embedding.checkpoint.safetensors"


def train_default_embedding(
    plan: EmbeddingPlan,
    out: Path,
    device_name: str,
    ctx: JobContext,
    spec: SMGViTSpec = SMGViTSpec(),  # noqa: B008 - frozen
) -> tuple[Path, dict[str, dict[str, float]]]:
    """Make the shipped embedding's weights; run again with the same plan after a stop, it goes on.

    Args:
        plan: what to train.
        out: folder for the crops, the checkpoint and the result.
        device_name: "auto", "cpu" or "cuda".
        spec: the network.

    Returns:
        The safetensors file, beside which its card lies, and the figures in the card.

    Raises:
        UserError: the weights to start from are not there, or the folder holds work of another plan.
    """
    use_physical_cores()
    device = pick_device(device_name)
    begun = fields_of_embedding(plan, spec)
    refuse_other_checkpoint(out / _CHECKPOINT, begun)
    crops = as_windows(render_training_crops(plan, out, ctx))
    backbone = detector_backbone(plan.start_from)[0] if plan.start_from else None
    network = new_network(spec, plan.seed, backbone)
    state = TeacherAndStudent(network, kinds=crops.kind_count, seed=plan.seed, distillation=plan.distillation)
    seconds = train_embedding(
        state,
        ViewSampler(crops, side=spec.side, batch=plan.batch, seed=plan.seed + 1, layouts=plan.layouts),
        Schedule(plan.steps, peak=plan.rate, warmup=min(50, plan.steps // 10 + 1), plan=begun),
        device=device,
        checkpoint=out / _CHECKPOINT,
        ctx=ctx,
    )
    figures = measure_candidates(state.teacher, plan, out, device_name, ctx)
    card = EmbeddingCard(
        model_id=_MODEL_ID,
        network=spec,
        training=_facts(begun, describe_device(device), seconds),
        measured=figures_for_card(figures),
        notes=NOTES,
    )
    path = out / DEFAULT_FILE
    write_embedding(path, state.teacher.cpu(), card)
    return path, card.measured


def as_windows(crops: CropSet) -> WindowSet:
    """Rendered defects as training sees them: kinds by their looks, layouts by their family."""
    labels, families = list(labels_of_known()), list(FAMILIES)
    kinds = [labels.index(label_of(kind)) for kind in crops.kinds]
    layouts = [families.index(family) for family in crops.families]
    return WindowSet(crops.windows, np.array(kinds, np.int64), np.array(layouts, np.int64))


def _facts(begun: Plan, device: str, seconds: float) -> dict[str, str | int | float]:
    """What a card says of a training; sequences as text."""
    plain = {
        name: value if isinstance(value, (str, int, float)) else str(value) for name, value in begun.items()
    }
    return {**plain, "device": device, "seconds": round(seconds)}
