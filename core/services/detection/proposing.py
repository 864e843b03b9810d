"""Thresholds for the recipe in use, proposed with what they would change in a lot, and kept when they are accepted."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from core.domain.detections import ModelVerdict
from core.domain.detector import Detector
from core.domain.errors import UserError
from core.domain.ids import LotId, RunId
from core.domain.lots import ImageRecord
from core.domain.recipes import Recipe, Thresholds
from core.domain.review import ReviewItem, Run
from core.domain.thresholds import ThresholdProposal, VerdictChanges
from core.jobs import JobContext
from core.services.detection.calibrating import CalibratedRecipe, calibrate_on, next_version
from core.services.detection.cuts import Cuts, cuts_of, judge
from core.services.detection.normal_images import read_normal_images
from core.services.lots import list_defect_free, list_items
from core.services.recipes import current_recipe, with_free_number
from core.services.workspace import Workspace


def propose_from_folder(
    workspace: Workspace, lot_id: LotId | None, folder: Path, device: str, ctx: JobContext
) -> ThresholdProposal:
    """Thresholds from a folder of presumed defect-free images; one that cannot be used is emitted as a FailedImage.

    Args:
        workspace: whose recipe in use gets them.
        lot_id: the lot whose verdicts are compared.
        folder: or a manifest, where only what is labelled “normal” counts.
        device: "auto", "cpu" or "cuda".

    Raises:
        UserError: there is nothing to measure, or weights or device are not there.
        JobCancelled: between images.
    """
    recipe, detector = _load(workspace, device, ctx)
    normals = read_normal_images(folder, ctx)
    made = calibrate_on(normals.records, detector, recipe, ctx)
    return _proposal(workspace, lot_id, recipe, detector, made, normals.skipped)


def propose_from_decided(
    workspace: Workspace, lot_id: LotId, device: str, ctx: JobContext
) -> ThresholdProposal:
    """Thresholds from the lot's images that were decided to show no defect; otherwise as `propose_from_folder`."""
    records = list_defect_free(workspace, lot_id)
    if not records:
        raise UserError(
            "No image of the lot was decided to show no defect.", "Decide some with F, or choose a folder."
        )
    recipe, detector = _load(workspace, device, ctx)
    made = calibrate_on(records, detector, recipe, ctx)
    return _proposal(workspace, lot_id, recipe, detector, made, len(records) - len(made.scores))


def propose_from_weights(
    workspace: Workspace, lot_id: LotId | None, device: str, ctx: JobContext
) -> ThresholdProposal:
    """Back to the calibration that came with the weights; nothing is measured."""
    recipe, detector = _load(workspace, device, ctx)
    made = CalibratedRecipe(next_version(recipe, Thresholds()), {}, ())
    return _proposal(workspace, lot_id, recipe, detector, made, 0)


def _load(workspace: Workspace, device: str, ctx: JobContext) -> tuple[Recipe, Detector]:
    ctx.report(0, 0, "loading the detector")
    from core.services.detection.detectors import (
        load_detector,  # torch takes seconds: imported here, in the worker
    )

    recipe = current_recipe(workspace)
    return recipe, load_detector(recipe.detector, device)


def _proposal(
    workspace: Workspace,
    lot_id: LotId | None,
    recipe: Recipe,
    detector: Detector,
    made: CalibratedRecipe,
    skipped: int,
) -> ThresholdProposal:
    now, then = cuts_of(recipe, detector), cuts_of(made.recipe, detector)
    items = () if lot_id is None else list_items(workspace, lot_id)
    return ThresholdProposal(
        recipe=with_free_number(workspace, made.recipe),  # the one in use need not be the newest
        now=(now.unknown_at, now.ng_at),
        then=(then.unknown_at, then.ng_at),
        scores=tuple(made.scores.values()),
        suspects=made.suspects,
        skipped=skipped,
        changes=_compare(workspace, items, recipe, detector, then),
    )


def _compare(
    workspace: Workspace, items: Sequence[ReviewItem], recipe: Recipe, detector: Detector, then: Cuts
) -> VerdictChanges:
    """Stored verdicts beside those that the stored scores would get."""
    models: dict[RunId, list[str]] = {}
    moves: Counter[tuple[ModelVerdict, ModelVerdict]] = Counter()
    compared = not_comparable = 0
    for item in items:
        found, run_id = item.detection, item.run_id
        if found is None or found.score is None or found.verdict is None or run_id is None:
            continue
        if run_id not in models:
            models[run_id] = _models_of(workspace.history.run(run_id), recipe)
        if detector.identity.sha256 not in models[run_id] or _had_reference(item, models[run_id]):
            not_comparable += 1
            continue
        compared += 1
        after = judge(found.score, then)
        moves[found.verdict, after] += after is not found.verdict
    return VerdictChanges(compared, not_comparable, {move: count for move, count in moves.items() if count})


def _models_of(run: Run, recipe: Recipe) -> list[str]:
    """SHA-256 of the weights that measured a run's images; empty where they were looked at in another way."""
    try:
        measured = Recipe.model_validate_json(run.recipe_json)
    except ValidationError:  # of a build with other keys
        return []
    cleared = {part: getattr(recipe, part) for part in ("thresholds", "segmentation", "reference")}
    same = measured.model_copy(update=cleared).sha256 == recipe.sha256
    return run.model_sha256.split("+") if same else []


def _had_reference(item: ReviewItem, models: Sequence[str]) -> bool:
    """Whether the score may be that of a comparison, which has thresholds of its own."""
    record = item.record
    return len(models) > 1 and isinstance(record, ImageRecord) and record.reference is not None
