"""Few-shot learning measured: 1, 2, 5 and 10 shots a class, the same unseen images for all."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from core.domain.detector import Detector
from core.domain.discovery import DEFECT_FREE
from core.domain.errors import UserError
from core.domain.maps import ScoreMap
from core.few_shot.card import read_few_shot_card, read_few_shot_model
from core.few_shot.detector import FewShotDetector
from core.few_shot.looking import guide_logits, resize_for
from core.few_shot.network import FewShotNetwork
from core.few_shot.shots import Shot
from core.few_shot.training.classes import describe_shots
from core.jobs import JobContext
from core.networks.device import pick_device
from core.services.benchmarking.few_shot_figures import FewShotRow, figures_of
from core.services.benchmarking.few_shot_heads import HeadRow, compare_heads
from core.services.benchmarking.few_shot_samples import FewShotSet, Sample, write_samples
from core.services.benchmarking.remembering import RememberingDetector
from core.services.detection.detectors import load_detector
from core.services.few_shot.guide import guide_options, load_guide
from core.services.few_shot.labelled import read_labelled
from core.services.few_shot.plan import FewShotPlan
from core.services.training.few_shot import TrainedFewShot, train_few_shot

_TEXT_ALONE = 1e6  # beside it the head says nothing


@dataclass(frozen=True, slots=True)
class FewShotRun:
    """What is measured, and with what.

    Attributes:
        out: folder for shots and models.
        shots: images a class, several numbers.
        tests: unseen images a class; twice as many defect-free ones.
    """

    out: Path
    shots: tuple[int, ...]
    tests: int
    plan: FewShotPlan
    device: str


def benchmark_few_shot(
    sets: Sequence[FewShotSet], run: FewShotRun, ctx: JobContext
) -> tuple[list[FewShotRow], list[HeadRow]]:
    """Every number of shots on every set, after the detector that needs none; other heads for the most shots.

    Raises:
        UserError: a set has too few images of a class, or weights are missing.
        JobCancelled: between images.
    """
    guide = RememberingDetector(load_detector(guide_options(run.plan.weights), run.device))
    rows, heads = [], []
    for one in sets:
        taught, tests = _draw(one, max(run.shots), run.tests)
        began = time.perf_counter()
        maps = _score(guide, tests, ctx, f"{one.name}: without shots")
        rows.append(
            figures_of(one, "detector without shots", 0, maps, tests, 0.0, time.perf_counter() - began)
        )
        for count in run.shots:
            made, measured = _measure(one, count, taught, tests, guide, run, ctx)
            rows += measured
        heads += _compare_heads(one, made, tests, run, ctx)
    return rows, heads


def _draw(one: FewShotSet, most: int, tests: int) -> tuple[dict[str, list[Sample]], list[Sample]]:
    """Shots by class, and unseen images."""
    taught, unseen = {}, []
    for label in (DEFECT_FREE, *one.classes):
        wanted = 2 * tests if label == DEFECT_FREE else tests
        samples = list(islice(one.samples(label), most + wanted))
        if len(samples) <= most:
            raise UserError(
                f"The set {one.name} has {len(samples)} images of {label}; {most + 1} are needed."
            )
        taught[label] = samples[:most]
        unseen += samples[most:]
    return taught, unseen


def _measure(
    one: FewShotSet,
    count: int,
    taught: dict[str, list[Sample]],
    tests: Sequence[Sample],
    guide: Detector,
    run: FewShotRun,
    ctx: JobContext,
) -> tuple[TrainedFewShot, list[FewShotRow]]:
    folder = run.out / one.name / f"{count}-shot"
    write_samples(folder / "shots", [sample for samples in taught.values() for sample in samples[:count]])
    began = time.perf_counter()
    made = train_few_shot(
        read_labelled(folder / "shots", None, None, ctx),
        folder / "model.safetensors",
        run.plan,
        run.device,
        ctx,
        None if run.plan.clip else guide,
    )
    train_s = time.perf_counter() - began
    rows = []
    for name, weight in _ablations(made):
        detector = _load(made, weight, run.device)
        began = time.perf_counter()
        maps = _score(detector, tests, ctx, f"{one.name}: {count} shots, {name}")
        rows.append(figures_of(one, name, count, maps, tests, train_s, time.perf_counter() - began))
    return made, rows


def _compare_heads(
    one: FewShotSet,
    made: TrainedFewShot,
    tests: Sequence[Sample],
    run: FewShotRun,
    ctx: JobContext,
) -> list[HeadRow]:
    """On the vectors of the model that learned from the most shots."""
    device = pick_device(run.device)
    card = read_few_shot_card(made.path)
    network = read_few_shot_model(made.path, made.recipe.detector.backbone_weights).network.to(device)
    guide = load_guide(made.path, card, run.device) if network.guided else None
    shots = [_shot_of(sample, network, guide) for sample in tests]
    unseen = describe_shots(network, shots, card.classes, 1, run.plan.seed, device, ctx)
    return compare_heads(one.name, max(run.shots), made.vectors, unseen, network.blocks)


def _shot_of(sample: Sample, network: FewShotNetwork, guide: Detector | None) -> Shot:
    logits = None if guide is None else guide_logits(guide, [sample.image])[0]
    pixels, seen_guide = resize_for(network, sample.image, logits, None)
    return Shot("", pixels, sample.label, None, seen_guide)


def _ablations(made: TrainedFewShot) -> list[tuple[str, float | None]]:
    """Contenders and the weight of their texts; without a text encoder there is the head alone."""
    if not made.text.startswith("on"):
        return [("own encoder, head only", None)]
    return [("head only", 0.0), ("text only", _TEXT_ALONE), ("head and text", None)]


def _load(made: TrainedFewShot, text_weight: float | None, device: str) -> FewShotDetector:
    card = read_few_shot_card(made.path)
    guide = load_guide(made.path, card, device) if card.guide_file else None
    detector = FewShotDetector.from_file(
        made.path, pick_device(device), made.recipe.detector.backbone_weights, guide
    )
    if text_weight is not None:
        detector.calibration = detector.calibration.model_copy(update={"text_weight": text_weight})
    return detector


def _score(detector: Detector, tests: Sequence[Sample], ctx: JobContext, title: str) -> list[ScoreMap]:
    return [detector.score_images([test.image], ctx.check)[0] for test in ctx.track(tests, title)]
