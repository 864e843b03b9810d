"""Sizes and seeds of an embedding's training, and the crops that follow from them."""

from dataclasses import asdict, dataclass
from pathlib import Path

from core.discovery.embedding.backbones import detector_backbone
from core.discovery.embedding.smg_vit import SMGViTSpec
from core.jobs import JobContext
from core.networks.training.plan import Plan
from core.networks.weights_file import file_sha256
from core.services.training.crops import CropPlan, CropSet, open_crops, render_crop_windows
from core.services.training.kinds import known_kinds
from core.synthesis import FAMILIES, KINDS, training_families

_SEED_STRIDE = 1_000_000
_MEASURED_SEED = 70_000_000  # the same crops for every plan: figures can be compared


@dataclass(frozen=True, slots=True)
class EmbeddingPlan:
    """Sizes and seeds of a training. The card of shipped weights says which made them.

    Attributes:
        images: rendered defects of the training kinds.
        image_side: of the images that they are cut from, in pixels.
        window: of what is kept around each, in pixels.
        steps, batch: of the optimiser; each defect of a batch is seen twice.
        layouts: backgrounds a batch, so that different kinds on one background meet.
        rate: peak learning rate.
        distillation: weight of the teacher's loss against the contrast of kinds.
        start_from: detector weights whose encoder the trunk begins as; "default", a file, or empty to begin anew.
        measured: defects, apart from those for training, on which the result is measured.
        seed: of everything.
    """

    images: int = 8000
    image_side: int = 448
    window: int = 160
    steps: int = 6000
    batch: int = 32
    layouts: int = 10
    rate: float = 2e-3
    distillation: float = 0.3
    start_from: str = "default"
    measured: int = 1200
    seed: int = 20264


def fields_of_embedding(plan: EmbeddingPlan, spec: SMGViTSpec) -> Plan:
    """What decides the outcome; the bytes of the weights that it starts from, not their name.

    Raises:
        UserError: those weights are not there.
    """
    fields = {**asdict(plan), **spec.model_dump(mode="json")}
    del fields["start_from"], fields["measured"]
    start = detector_backbone(plan.start_from)[1] if plan.start_from else None
    return {**fields, "start_from_sha256": file_sha256(start) if start else ""}


def render_training_crops(plan: EmbeddingPlan, out: Path, ctx: JobContext) -> CropSet:
    """Kinds and layouts that are not held out."""
    crops = CropPlan(
        plan.images,
        plan.image_side,
        plan.window,
        plan.seed * _SEED_STRIDE,
        training_families(),
        known_kinds(),
    )
    return _rendered(crops, out / "corpus" / "training", ctx)


def render_measured_crops(plan: EmbeddingPlan, out: Path, ctx: JobContext) -> CropSet:
    """All kinds, on the layouts that no training sees."""
    held_out = tuple(name for name, family in FAMILIES.items() if family.held_out)
    crops = CropPlan(plan.measured, plan.image_side, plan.window, _MEASURED_SEED, held_out, tuple(KINDS))
    return _rendered(crops, out / "corpus" / "measured", ctx)


def _rendered(plan: CropPlan, folder: Path, ctx: JobContext) -> CropSet:
    render_crop_windows(plan, folder, ctx)
    return open_crops(folder)
