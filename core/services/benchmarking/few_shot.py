"""Few-shot learning measured: 1, 2, 5 and 10 shots a class, the same unseen images for all."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from core.detection.weights import resolve_weights
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
from core.networks.weights_file import file_sha256
from core.services.benchmarking.few_shot_figures import FewShotRow, figures_of
from core.services.benchmarking.few_shot_heads import HeadRow, compare_heads
from core.services.benchmarking.few_shot_samples import FewShotSet, Sample, write_samples
from core.services.benchmarking.remembering import RememberingDetector
from core.services.benchmarking.timing import timed
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

    What is measured is kept in the folder: run again after a stop, it goes on.

    Raises:
        UserError: a set has too few images of a class, or weights are missing.
        JobCancelled: between images.
    """
    guide = RememberingDetector(load_detector(guide_options(run.plan.weights), run.device))
    found = _Found([], [])
    for one in sets:
        drawn = _Drawn(one, *_draw(one, max(run.shots), run.tests))
        parts = [_keep(run, one, 0, partial(_measure_without, drawn, guide, run, ctx))]
        parts += [
            _keep(run, one, count, partial(_measure, drawn, count, guide, run, ctx)) for count in run.shots
        ]
        for part in parts:
            found.rows.extend(part.rows)
            found.heads.extend(part.heads)
    return found.rows, found.heads


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A set with its shots by class, and its unseen images."""

    one: FewShotSet
    taught: dict[str, list[Sample]]
    tests: list[Sample]


@dataclass(frozen=True, slots=True)
class _Found:
    """Figures of one number of shots, or of all."""

    rows: list[FewShotRow]
    heads: list[HeadRow]


def _keep(run: FewShotRun, one: FewShotSet, count: int, measure: Callable[[], _Found]) -> _Found:
    """The figures that lie there if they were measured in the same way, else new ones."""
    kept = run.out / one.name / f"{count}-shot" / "figures.json"
    settings = {
        **{name: str(value) for name, value in asdict(run.plan).items()},
        **{name: str(value) for name, value in asdict(run.plan.pace).items()},
        "weights": file_sha256(resolve_weights(run.plan.weights)),
        "most": max(run.shots),
        "tests": run.tests,
        "device": run.device,
        "content": one.content,
    }
    if kept.is_file():
        before = json.loads(kept.read_text(encoding="utf-8"))
        if before["settings"] == settings:
            return _Found(
                [FewShotRow(**row) for row in before["rows"]], [HeadRow(**row) for row in before["heads"]]
            )
    found = measure()
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps({"settings": settings, **asdict(found)}, indent=2), encoding="utf-8")
    return found


def _measure_without(drawn: _Drawn, guide: Detector, run: FewShotRun, ctx: JobContext) -> _Found:
    title = f"{drawn.one.name}: without shots"
    maps, seconds = timed(lambda: _score(guide, drawn.tests, ctx, title), run.device)
    return _Found([figures_of(drawn.one, "detector without shots", 0, maps, drawn.tests, 0.0, seconds)], [])


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


def _measure(drawn: _Drawn, count: int, guide: Detector, run: FewShotRun, ctx: JobContext) -> _Found:
    one, tests = drawn.one, drawn.tests
    folder = run.out / one.name / f"{count}-shot"
    write_samples(
        folder / "shots", [sample for samples in drawn.taught.values() for sample in samples[:count]]
    )
    made, train_s = timed(
        lambda: train_few_shot(
            read_labelled(folder / "shots", None, None, ctx),
            folder / "model.safetensors",
            run.plan,
            run.device,
            ctx,
            None if run.plan.clip else guide,
        ),
        run.device,
    )
    rows = []
    for name, weight in _ablations(made):
        detector, title = _load(made, weight, run.device), f"{one.name}: {count} shots, {name}"
        maps, seconds = timed(partial(_score, detector, tests, ctx, title), run.device)
        rows.append(figures_of(one, name, count, maps, tests, train_s, seconds))
    heads = _compare_heads(drawn, made, run, ctx) if count == max(run.shots) else []
    return _Found(rows, heads)


def _compare_heads(drawn: _Drawn, made: TrainedFewShot, run: FewShotRun, ctx: JobContext) -> list[HeadRow]:
    """On the vectors of the model that learned from the most shots."""
    device = pick_device(run.device)
    card = read_few_shot_card(made.path)
    network = read_few_shot_model(made.path, made.recipe.detector.backbone_weights).network.to(device)
    guide = load_guide(made.path, card, run.device) if network.guided else None
    shots = [_shot_of(sample, network, guide) for sample in drawn.tests]
    unseen = describe_shots(network, shots, card.classes, 1, run.plan.seed, device, ctx)
    return compare_heads(drawn.one.name, max(run.shots), made.vectors, unseen, network.blocks)


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
