"""Training a benchmark method on presumed defect-free images of one product."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from core.anomaly.calibration import fit_scales
from core.anomaly.card import VadCard
from core.anomaly.detector import AnomalyDetector
from core.anomaly.features import OWN, RANDOM
from core.anomaly.inputs import to_square
from core.anomaly.method import AnomalyMethod, NormalImages
from core.anomaly.registry import METHODS, build_method
from core.anomaly.training import FitPlan, fit_method
from core.detection.training.cuts import cuts_from_normals
from core.detection.weights import default_weights_file, read_network
from core.domain.detector import ModelIdentity
from core.domain.errors import UserError
from core.domain.lots import ImageRecord
from core.domain.recipes import DetectorOptions, Recipe
from core.jobs import JobContext
from core.networks.device import describe_device, pick_device, use_physical_cores
from core.networks.weights_file import save_weights
from core.services.detection.normal_images import read_normal_images
from core.services.training.output import checkpoint_of, refuse_bad_output
from core.services.training.vad_images import read_specimens, split_normals
from core.services.training.vad_plan import VadPlan, decided_by, feature_words

NOTES = "Learned from presumed defect-free images of one product; scales and cuts are from images held back."


@dataclass(frozen=True, slots=True)
class TrainedVad:
    """What a training made.

    Attributes:
        path: the weights; their card lies beside them.
        recipe: measures with them.
        trained, held_back, skipped: how many images went where.
        seconds: of learning, in all sittings.
        cuts: on the image score: from the first an image is Unknown, from the second NG.
        features: where its features come from, in words; empty where it takes none.
    """

    path: Path
    recipe: Recipe
    trained: int
    held_back: int
    skipped: int
    seconds: float
    cuts: tuple[float, float]
    features: str


def train_vad(
    source: Path | Sequence[Path], out: Path, plan: VadPlan, device_name: str, ctx: JobContext
) -> TrainedVad:
    """Train a method on normal images; run again after a stop, it goes on.

    Images that cannot be used are emitted as FailedImages.

    Args:
        source: a folder, files or a manifest; presumed defect-free where no label says otherwise.
        out: the weights, a .safetensors file.
        plan: what is trained.
        device_name: "auto", "cpu" or "cuda".

    Raises:
        UserError: there is too little to learn from, a backbone's weights or the library are missing, `out` cannot be
            written, or a stopped training beside it was begun with other settings.
        JobCancelled: the state is saved beside `out`.
    """
    out = out.expanduser().absolute()
    refuse_bad_output(out, "default")
    use_physical_cores()
    device = pick_device(device_name)
    method = _build(plan).to(device)
    normals = read_normal_images(source, ctx)
    trained, held_back = split_normals(normals.records, plan)
    known = _known(trained, plan, device, ctx)
    begun = decided_by(plan, trained, known.batch)
    checkpoint_of_phase = partial(_phase_file, out)
    seconds = fit_method(
        method, known, FitPlan(int(begun["steps"]), plan.rate, plan.seed, begun), checkpoint_of_phase
    )
    facts: dict[str, str | int | float] = {
        **begun,
        "held_back_images": len(held_back),
        "skipped_images": normals.skipped,
        "seconds": round(seconds, 1),
        "device": describe_device(device),
    }
    card = _calibrated_card(method, plan, out, held_back, device, ctx)
    _write(out, method, card.model_copy(update={"training": facts}))
    for phase in method.phases():
        checkpoint_of_phase(phase.name).unlink(missing_ok=True)
    recipe = Recipe(name=plan.method, detector=DetectorOptions(method=plan.method, weights=str(out)))
    cuts = (card.calibration.unknown_at, card.calibration.ng_at)
    return TrainedVad(
        out, recipe, len(known.squares), len(held_back), normals.skipped, seconds, cuts, card.features
    )


def _known(
    records: Sequence[ImageRecord], plan: VadPlan, device: torch.device, ctx: JobContext
) -> NormalImages:
    squares = np.stack([to_square(image, plan.spec.side) for image in read_specimens(records, ctx)])
    return NormalImages(squares, plan.batch or METHODS[plan.method].batch, device, ctx)


def _phase_file(out: Path, phase: str) -> Path:
    return checkpoint_of(out.with_name(f"{out.stem}-{phase.replace(' ', '-')}.safetensors"))


def _build(plan: VadPlan) -> AnomalyMethod:
    """The method before it has learned, its features in place."""
    source = plan.source
    if source != OWN:
        return build_method(plan.spec, None if source in ("", RANDOM) else source, plan.seed)
    method = build_method(plan.spec, None, plan.seed)
    method.start_from(_own_encoder())
    return method


def _own_encoder() -> dict[str, Tensor]:
    return read_network(default_weights_file()).backbone.model.state_dict()


def _calibrated_card(
    method: AnomalyMethod,
    plan: VadPlan,
    out: Path,
    held_back: Sequence[ImageRecord],
    device: torch.device,
    ctx: JobContext,
) -> VadCard:
    """Scales and cuts from the images held back, as a detection sees them."""
    rough = fit_scales([np.zeros((1, 1), np.float32)], [0.0])
    identity = ModelIdentity(out.stem, "")
    detector = AnomalyDetector(method, plan.spec.side, rough, identity, device)
    raw = [detector.read_raw([image], ctx.check)[0] for image in read_specimens(held_back, ctx)]
    scales = fit_scales([values for values, _ in raw], [score for _, score in raw])
    unknown_at, ng_at = cuts_from_normals([scales.image_score(score) for _, score in raw])
    return VadCard(
        model_id=out.stem,
        network=plan.spec,
        calibration=scales.model_copy(update={"unknown_at": unknown_at, "ng_at": ng_at}),
        features=feature_words(plan),
        notes=NOTES,
    )


def _write(out: Path, method: AnomalyMethod, card: VadCard) -> None:
    try:
        save_weights(out, method.state_dict(), card)
    except OSError as error:
        raise UserError(
            f"{out} cannot be written: {error}.", "What was trained is kept; make room and run it again."
        ) from error
