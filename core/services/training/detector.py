"""A detector for a user's own product: the NI head learns from images that are presumed defect-free."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from core.detection.evidence import source_key
from core.detection.ic_defectncd.detector import ICDefectNCDDetector
from core.detection.lineage import with_earlier
from core.detection.training.calibrate import fit_calibrations
from core.detection.training.cuts import cuts_from_normals
from core.detection.training.ni_head import NILosses, train_ni_head
from core.detection.training.pasting import paste_defects
from core.detection.training.squares import clean_set
from core.detection.weights import Calibration, Card
from core.domain.detector import ModelIdentity
from core.domain.errors import UserError
from core.domain.recipes import Recipe
from core.jobs import JobContext
from core.networks.device import describe_device, pick_device, use_physical_cores
from core.networks.training.checkpoint import refuse_other_checkpoint
from core.networks.training.loop import Schedule
from core.networks.training.plan import Plan
from core.services.detection.normal_images import score_normals
from core.services.training.binarizing import binarize
from core.services.training.detector_work import DetectorWork, plan_of, prepare_work
from core.services.training.normal_squares import HELD_BACK_SQUARES
from core.services.training.output import checkpoint_of, refuse_bad_output, write_trained

NOTES = (
    "The NI head was trained on presumed defect-free images of one product; the rest is that of the start."
)


@dataclass(frozen=True, slots=True)
class TrainedDetector:
    """What a training made.

    Attributes:
        path: the weights; their card lies beside them.
        recipe: measures with them, on their own calibration.
        trained, held_back, skipped: how many images went where.
        is_halved: each was trained on in one half and held back in the other.
    """

    path: Path
    recipe: Recipe
    trained: int
    held_back: int
    skipped: int
    is_halved: bool


def train_detector(
    source: Path | Sequence[Path], out: Path, recipe: Recipe, device_name: str, ctx: JobContext
) -> TrainedDetector:
    """Train on one image or on hundreds of one product and layer; run again after a stop, it goes on.

    Images that cannot be used are emitted as FailedImages.

    Args:
        source: a folder, files or a manifest; presumed defect-free where no label says otherwise.
        out: the weights, a .safetensors file.
        recipe: its detector section says what to start from and which evidence is fused, its training section how.
        device_name: "auto", "cpu" or "cuda".

    Raises:
        UserError: there is nothing to train on or to start from, `out` cannot be written, or a stopped training
            beside it was begun with other settings.
        JobCancelled: the state is saved beside `out`.

    Source:
        Zhao et al. 2025, Sec. 3.2, as `train_ni_head` has it. The paper trains on normal images of all products;
        here a trained head goes on with those of one.
    """
    out = out.expanduser().absolute()
    if recipe.detector.method != "ic_defectncd":
        raise UserError(f"The method {recipe.detector.method} has nothing to train.", "Use ic_defectncd.")
    refuse_bad_output(out, recipe.detector.weights)
    use_physical_cores()
    work = prepare_work(source, out, recipe, device_name, ctx)
    plan = plan_of(work)
    refuse_other_checkpoint(checkpoint_of(out), plan)
    seconds = _train(work, plan)
    calibration, scores = _calibrate(work)
    write_trained(out, work.start.network.cpu(), _card_of(work, plan, seconds, calibration, scores))
    detector = work.recipe.detector.model_copy(update={"weights": str(out)})
    return TrainedDetector(
        out,
        work.recipe.model_copy(update={"detector": detector}),
        len(work.split.trained),
        len(work.split.held_back),
        work.normals.skipped,
        work.split.is_halved,
    )


def _train(work: DetectorWork, plan: Plan) -> float:
    options = work.recipe.training
    schedule = Schedule(
        options.steps,
        peak=options.rate,
        final=options.rate / 10,
        warmup=min(100, options.steps // 10 + 1),
        weight_decay=1e-4,
        clip=0.1,
        plan=plan,
    )
    return train_ni_head(
        work.start.network,
        clean_set(work.squares.trained),
        schedule,
        NILosses(options.coherence, options.alpha, options.gamma),
        crop=work.crop,
        batch=options.batch,
        seed=options.seed,
        device=pick_device(work.device_name),
        checkpoint=checkpoint_of(work.out),
        ctx=work.ctx,
    )


def _calibrate(work: DetectorWork) -> tuple[Calibration, list[float]]:
    """Fusion and floor from pasted defects, thresholds from the held-back images as a detection sees them."""
    options, seed = work.recipe.detector, work.recipe.training.seed
    fitted = fit_calibrations(
        work.start.network,
        paste_defects(work.squares.held_back, HELD_BACK_SQUARES, seed),
        partial(binarize, options=work.recipe.segmentation),
        pick_device(work.device_name),
        work.ctx,
        seed=seed,
        sets=[options.evidence],
    )[source_key(options.evidence)]
    detector = ICDefectNCDDetector(
        work.start.network,
        fitted,
        ModelIdentity(work.out.stem, ""),
        pick_device(work.device_name),
        options.batch_size,
        options.input_size,
        options.mutual_weight,
    )
    scores = list(score_normals(work.split.held_back, detector, work.recipe, work.ctx).values())
    unknown_at, ng_at = cuts_from_normals(scores)
    return fitted.model_copy(update={"unknown_at": unknown_at, "ng_at": ng_at}), scores


def _card_of(
    work: DetectorWork, plan: Plan, seconds: float, calibration: Calibration, scores: Sequence[float]
) -> Card:
    spec = work.start.network.spec
    held_back = np.array(scores)
    facts: dict[str, str | int | float] = {
        "start_from": work.start.origin.get("start_from", spec.backbone),
        "held_back_images": len(scores),
        "halved": int(work.split.is_halved),
        "skipped_images": work.normals.skipped,
        "held_back_median_score": float(np.median(held_back)),
        "held_back_highest_score": float(held_back.max()),
        "device": describe_device(pick_device(work.device_name)),
        "head_seconds": round(seconds),
    }
    return Card(
        model_id=work.out.stem,
        network=spec,
        calibrations={source_key(work.recipe.detector.evidence): calibration},
        training=with_earlier({**plan, **facts}, work.start.earlier),
        notes=NOTES,
    )
