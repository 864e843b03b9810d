"""Two recipes side by side on one lot; the history is only read."""

from collections import Counter
from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from core.domain.arrays import BoolArray
from core.domain.detections import ModelVerdict
from core.domain.errors import UserError
from core.domain.ids import LotId
from core.domain.lots import ImageRecord
from core.domain.recipe_library import VersionId
from core.domain.recipes import Recipe
from core.domain.review import ReviewItem
from core.domain.stored_results import StoredResult
from core.domain.what_if import Flip, Move, Opinion, WhatIf
from core.jobs import JobContext
from core.services.what_if.sides import (
    Answer,
    Side,
    answer_by_fresh_map,
    answer_by_stored_map,
    fresh_answer,
    load_side,
    measure_for,
    records_of,
    stored_answer,
)
from core.services.workspace import Workspace

_NOTHING_OF_THE_MAP = {"detector": {"batch_size"}, "reference": {"thresholds", "floor"}}


def compare_recipes_on_lot(
    workspace: Workspace, lot_id: LotId, before: Recipe, after: Recipe, device: str, ctx: JobContext
) -> WhatIf:
    """Judge every image of a lot by two recipes, and keep those that they judge differently.

    Stored results of the same recipe and weights are taken as they are, and recipes that differ in thresholds and mask
    alone share one map. Neither a run nor a decision is written.

    Args:
        device: "auto", "cpu" or "cuda".

    Raises:
        UserError: the lot has no readable image, or weights or device are not there.
        JobCancelled: between images.
    """
    items = [item for item in workspace.history.list_items(lot_id) if isinstance(item.record, ImageRecord)]
    if not items:
        raise UserError("The lot has no readable image.", "Open another lot.")
    ctx.report(0, 0, "loading the detectors")
    first = load_side(workspace, lot_id, items, before, device)
    second = load_side(workspace, lot_id, items, after, device, first)
    pairs = _pairs(workspace, items, first, second, ctx)
    counts: Counter[Move] = Counter()
    flips: list[Flip] = []
    reused = 0
    for item in ctx.track(items, "comparing"):
        one, other = next(pairs)
        reused += one.is_stored + other.is_stored
        if one.verdict is not None and other.verdict is not None:
            counts[one.verdict, other.verdict] += 1
            if one.verdict is not other.verdict or _renames(one, other):
                flips.append(_flip(item, one, other))
    failed = len(items) - counts.total()
    return WhatIf(lot_id, _id(before), _id(after), dict(counts), failed, reused, tuple(flips))


def share_maps(one: Recipe, other: Recipe) -> bool:
    """Whether two recipes make the same maps, and differ at most in what they make of them."""
    first, second = (
        recipe.model_dump(include=set(_NOTHING_OF_THE_MAP), exclude=_NOTHING_OF_THE_MAP)
        for recipe in (one, other)
    )
    return first == second


def _pairs(
    workspace: Workspace, items: Sequence[ReviewItem], first: Side, second: Side, ctx: JobContext
) -> Iterator[tuple[Answer, Answer]]:
    """Both answers to each image, in order, measured as they are asked for."""
    if share_maps(first.recipe, second.recipe):
        return _pairs_of_one_map(workspace, items, first, second, ctx)
    return zip(_answers(workspace, items, first, ctx), _answers(workspace, items, second, ctx), strict=True)


def _answers(
    workspace: Workspace, items: Sequence[ReviewItem], side: Side, ctx: JobContext
) -> Iterator[Answer]:
    measured = measure_for(side, [item for item in items if item.image_id not in side.stored], ctx)
    for item in items:
        stored = side.stored.get(item.image_id)
        yield fresh_answer(next(measured)) if stored is None else stored_answer(workspace, stored)


def _pairs_of_one_map(
    workspace: Workspace, items: Sequence[ReviewItem], first: Side, second: Side, ctx: JobContext
) -> Iterator[tuple[Answer, Answer]]:
    known = {**second.stored, **first.stored}
    measured = measure_for(first, [item for item in items if item.image_id not in known], ctx)
    for item in items:
        if item.image_id in known:
            stored = known[item.image_id]
            yield (
                _answer_if_stored(workspace, first, item, stored),
                _answer_if_stored(workspace, second, item, stored),
            )
        else:
            fresh = next(measured)
            yield fresh_answer(fresh), answer_by_fresh_map(second, fresh)


def _answer_if_stored(workspace: Workspace, side: Side, item: ReviewItem, known: StoredResult) -> Answer:
    """A side's own result, else its word on the map that the other one has stored."""
    own = side.stored.get(item.image_id)
    if own is not None:
        return stored_answer(workspace, own)
    (record,) = records_of([item])
    return answer_by_stored_map(workspace, side, record, known)


def _flip(item: ReviewItem, one: Answer, other: Answer) -> Flip:
    (record,) = records_of([item])
    return Flip(item.image_id, record, _opinion(one), _opinion(other))


def _opinion(answer: Answer) -> Opinion:
    if answer.verdict is None or answer.score is None:
        raise ValueError("an image that failed has no opinion")
    mask = answer.read_mask()
    mask_png = b"" if mask is None else _encoded(mask)
    return Opinion(answer.verdict, answer.score, mask_png, answer.class_name)


def _renames(one: Answer, other: Answer) -> bool:
    """Whether two sides that see a defect suggest different classes for it; without classes there is nothing to."""
    names = {one.class_name, other.class_name}
    return ModelVerdict.OK not in (one.verdict, other.verdict) and "" not in names and len(names) == 2


def _encoded(mask: BoolArray) -> bytes:
    return cv2.imencode(".png", mask.astype(np.uint8))[1].tobytes()


def _id(recipe: Recipe) -> VersionId:
    return VersionId(recipe.name, recipe.version)
