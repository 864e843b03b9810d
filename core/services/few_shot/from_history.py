"""Shots from what engineers decided: images with a class, images without a defect, masks of the last detection."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np

from core.domain.decisions import Verdict
from core.domain.discovery import DEFECT_FREE
from core.domain.errors import JobCancelled, UserError
from core.domain.few_shot import FewShotProposal, ShotSupply
from core.domain.ids import ClassId, LotId
from core.domain.lots import FailedImage, ImageRecord
from core.domain.recipes import DetectorOptions, Recipe, Thresholds
from core.domain.review import ReviewItem
from core.jobs import JobContext
from core.services.few_shot.labelled import LabelledImage
from core.services.few_shot.plan import FewShotPlan
from core.services.lots import list_items, list_lots
from core.services.pixels import read_mask
from core.services.recipes import current_recipe
from core.services.recipes.library import with_free_number
from core.services.workspace import Workspace

RECIPE_NAME = "few-shot"
_FOLDER = "models"


def list_supplies(workspace: Workspace, lot_id: LotId | None) -> tuple[ShotSupply, ...]:
    """What a lot's decisions can teach, or those of all lots; the defect-free images first, then classes by name."""
    groups = _groups(workspace, lot_id)
    return tuple(
        ShotSupply(label, len(items), sum(_is_marked(item) for item in items))
        for label, items in sorted(groups.items(), key=lambda pair: (pair[0] != DEFECT_FREE, pair[0]))
    )


def pick_shots(
    workspace: Workspace, lot_id: LotId | None, labels: Collection[str], per_class: int
) -> tuple[LabelledImage, ...]:
    """Up to so many images of each class, spread over the order in which they lie; marked ones before others."""
    shots = []
    for label, items in _groups(workspace, lot_id).items():
        if label in labels:
            shots += [_shot_of(workspace, item, label) for item in _spread(items, per_class, label)]
    return tuple(shots)


def train_from_history(
    workspace: Workspace,
    lot_id: LotId | None,
    labels: Collection[str],
    per_class: int,
    device: str,
    ctx: JobContext,
) -> FewShotProposal:
    """Train a model on decided images and propose the recipe that uses it; nothing is in use yet.

    Args:
        workspace: whose decisions teach; the model is kept beside its history.
        lot_id: whose images; None for all lots.
        labels: classes to learn, `normal` among them.
        per_class: images a class at most.
        device: "auto", "cpu" or "cuda".

    Raises:
        UserError: classes, masks or weights are missing, or the model cannot be written.
        JobCancelled: between steps; nothing is kept.
    """
    # torch takes seconds to import: here, in the worker
    from core.services.training.few_shot import train_few_shot
    from core.services.training.few_shot_work import forget_stages

    shots = pick_shots(workspace, lot_id, labels, per_class)
    out = _free_file(workspace.home / _FOLDER)
    try:
        made = train_few_shot(shots, out, FewShotPlan(), device, ctx)
    except JobCancelled:
        forget_stages(out)  # the next training may be of other shots
        raise
    recipe = with_free_number(workspace, _recipe_of(current_recipe(workspace), made.recipe.detector))
    return FewShotProposal(recipe, made.shots, len(shots) - sum(made.shots.values()), made.text)


def _recipe_of(now: Recipe, detector: DetectorOptions) -> Recipe:
    """The station's recipe with this detector, whose own calibration gives the cuts."""
    segmentation = now.segmentation.model_copy(update={"floor": None})
    changes = {"detector": detector, "thresholds": Thresholds(), "segmentation": segmentation}
    return now.model_copy(update={"name": RECIPE_NAME, **changes})


def _groups(workspace: Workspace, lot_id: LotId | None) -> dict[str, list[ReviewItem]]:
    names = {one.id: one.name for one in workspace.history.list_classes(include_retired=True)}
    lots = [lot.id for lot in list_lots(workspace)] if lot_id is None else [lot_id]
    groups: dict[str, dict[tuple[str, int], ReviewItem]] = {}
    for item in (one for lot in lots for one in list_items(workspace, lot)):
        if not isinstance(item.record, ImageRecord):
            continue
        label = _label_of(item, names)
        if label:
            groups.setdefault(label, {}).setdefault((item.record.sha256, item.record.page), item)
    return {label: list(items.values()) for label, items in groups.items()}


def _label_of(item: ReviewItem, names: Mapping[ClassId, str]) -> str:
    """Empty where the decision says neither that there is no defect nor which one there is."""
    class_id = item.judgement.class_id
    if item.judgement.verdict is Verdict.FALSE:
        return DEFECT_FREE
    return "" if class_id is None else names.get(class_id, "")


def _is_marked(item: ReviewItem) -> bool:
    return item.detection is not None and item.detection.area_px > 0


def _spread(items: Sequence[ReviewItem], count: int, label: str) -> list[ReviewItem]:
    marked = [item for item in items if _is_marked(item) and label != DEFECT_FREE]
    others = [item for item in items if item not in marked]
    chosen = _evenly(marked, count)
    return chosen + _evenly(others, count - len(chosen))


def _evenly(items: Sequence[ReviewItem], count: int) -> list[ReviewItem]:
    places = np.unique(np.linspace(0, len(items) - 1, min(count, len(items))).round().astype(int))
    return [items[place] for place in places] if len(items) else []


def _shot_of(workspace: Workspace, item: ReviewItem, label: str) -> LabelledImage:
    if isinstance(item.record, FailedImage):
        raise UserError(item.record.reason)
    mask = read_mask(workspace, item) if label != DEFECT_FREE and _is_marked(item) else None
    return LabelledImage(item.record, label, mask)


def _free_file(folder: Path) -> Path:
    number = 1
    while (file := folder / f"few-shot-{number}.safetensors").exists():
        number += 1
    return file
