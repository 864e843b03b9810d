"""A decision is reproduced: the same image, by its bytes, is measured by the same recipe and the same weights."""

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError

from core.domain.decisions import Decision
from core.domain.detections import Detection
from core.domain.detector import Detector
from core.domain.errors import UserError
from core.domain.ids import DecisionId, LotId
from core.domain.lots import ImageRecord
from core.domain.recipes import Recipe
from core.domain.reproduction import Reproduction
from core.domain.review import Run
from core.domain.stored_results import StoredResult
from core.jobs import JobContext
from core.lots import read_pixels
from core.services.detection.comparing import Comparing, load_comparing
from core.services.detection.lot import records_as_chosen
from core.services.detection.measuring import measure_images
from core.services.workspace import Workspace, app_version


def reproduce_decision(
    workspace: Workspace, decision_id: DecisionId, device: str, ctx: JobContext
) -> Reproduction:
    """Run again what the reviewer was shown when deciding; nothing is kept of it.

    Args:
        decision_id: number of the decision, as reports list it.
        device: "auto", "cpu" or "cuda".

    Raises:
        UserError: there is no such decision, nothing had been detected, or recipe, weights or image are not to be had.
        JobCancelled: before the image is measured.
    """
    decision = workspace.history.evidence.decision(decision_id)
    if decision is None:
        raise UserError(
            f"There is no decision {decision_id}.", "The report's log of decisions has their numbers."
        )
    shown, run = _shown(workspace, decision)
    recipe = _recipe_of(run)
    lot_id, record = _image_of(workspace, decision, shown)
    ctx.report(0, 0, "loading the detector")
    from core.services.detection.detectors import (
        load_detector,  # torch takes seconds: imported here, in the worker
    )

    detector = load_detector(recipe.detector, device)
    comparing = load_comparing(recipe, device, [record], _shift_by_hand(shown.detection))
    _refuse_other_weights(run, detector, comparing)
    lot, _ = records_as_chosen(workspace.history.list_items(lot_id))
    (measured,) = measure_images([record], detector, recipe, ctx, comparing, lot=lot)
    now = measured.detection
    if now.score is None:
        raise UserError(now.error)
    return Reproduction(decision, run, shown.detection, now, detector.device_text, app_version())


def _shown(workspace: Workspace, decision: Decision) -> tuple[StoredResult, Run]:
    """The newest result of the decision's recipe and model that was there when it was made."""
    for result in reversed(workspace.history.evidence.image_results(decision.image_id)):
        run = workspace.history.run(result.run_id)
        same = (run.recipe_sha256, run.model_sha256) == (decision.recipe_sha256, decision.model_sha256)
        if same and run.started_at_utc <= decision.decided_at_utc:
            if result.detection.score is None:
                raise UserError(
                    f"There is no score to reproduce: the image could not be measured. {result.detection.error}"
                )
            return result, run
    raise UserError(
        f"Nothing had been detected on the image when decision {decision.id} was made.",
        "There is nothing to run again.",
    )


def _recipe_of(run: Run) -> Recipe:
    try:
        return Recipe.model_validate_json(run.recipe_json)
    except ValidationError as error:
        raise UserError(
            f"The recipe {run.recipe_name}, version {run.recipe_version}, has values that this version does not know.",
            f"Reproduce it with version {run.app_version} of Residua.",
        ) from error


def _image_of(workspace: Workspace, decision: Decision, shown: StoredResult) -> tuple[LotId, ImageRecord]:
    """The image at its place, or wherever else the history saw the same bytes; with the reference of that run."""
    evidence = workspace.history.evidence
    found = evidence.image(decision.image_id)
    if found is None:
        raise UserError(f"The file of decision {decision.id} is no readable image.")
    lot_id, record = found
    for place in (record, *evidence.same_content(record)):
        try:
            read_pixels(place)
        except UserError:
            continue
        reference = Path(shown.detection.reference) if shown.detection.reference else None
        return lot_id, replace(record, path=place.path, reference=reference)
    raise UserError(
        f"The image {record.name} of decision {decision.id} is no longer at {record.path}, and the history knows no "
        f"other place of the same bytes (SHA-256 {record.sha256[:12]}…).",
        "Open the folder that it was moved to as a lot, then try again.",
    )


def _shift_by_hand(shown: Detection) -> MappingProxyType[str, tuple[float, float]]:
    placed = shown.alignment
    by_hand = placed is not None and placed.is_by_hand
    return MappingProxyType({shown.image_name: (placed.dx, placed.dy)} if placed and by_hand else {})


def _refuse_other_weights(run: Run, detector: Detector, comparing: Comparing | None) -> None:
    """Weights are known by their hash: a file that was trained again under the same name is another model."""
    wanted = run.model_sha256.split("+")
    loaded = [detector.identity] + ([] if comparing is None else [comparing.identity])
    for model, expected in zip(loaded, wanted, strict=False):
        if model.sha256 != expected:
            raise UserError(
                f"The weights {model.model_id} are not those of the decision: SHA-256 {model.sha256[:12]}… instead of "
                f"{expected[:12]}… ({run.model_id}).",
                "Put the weights back where the recipe names them.",
            )
