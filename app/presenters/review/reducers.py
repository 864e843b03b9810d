"""What moves the state of the review screen: pure functions from a state to the next."""

from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from app.presenters.review.order import QueueQuery, build_order, count_filters, matches, recount, reorder
from app.presenters.review.state import Nudge, ReviewState
from core.domain.ids import ImageId, LotId
from core.domain.lots import FailedImage
from core.domain.review import ChangeSet, ReviewItem

if TYPE_CHECKING:
    from core.services.detection.lot import DetectedImage


def leave_lot(state: ReviewState, lot_id: LotId) -> ReviewState:
    """Another lot is on its way: of the last one nothing stays but how it was looked at."""
    return ReviewState(
        lot_id=lot_id, overlays=state.overlays, auto_advance=state.auto_advance, detecting=state.detecting
    )


def open_items(
    state: ReviewState, lot_id: LotId, items: tuple[ReviewItem, ...], at: ImageId | None
) -> ReviewState:
    """A lot was opened: list it under the present query, cursor where it was left."""
    places = MappingProxyType({item.image_id: place for place, item in enumerate(items)})
    counts = MappingProxyType(count_filters(items, state.query.limit))
    opened = replace(state, lot_id=lot_id, items=items, places=places, counts=counts, levels=None)
    opened = replace(opened, order=build_order(items, state.query), current=None, selection=())
    return move_to(opened, at if at in places else _first(opened))


def refresh_items(state: ReviewState, items: tuple[ReviewItem, ...]) -> ReviewState:
    """The lot was read again: cursor, query and levels stay."""
    if state.lot_id is None:
        return state
    return replace(open_items(state, state.lot_id, items, state.current), levels=state.levels)


def query_queue(state: ReviewState, query: QueueQuery) -> ReviewState:
    """Another filter, text, order or limit; the cursor stays on its image if it is still listed."""
    asked = replace(state, query=query, order=build_order(state.items, query))
    if query.limit is not state.query.limit:
        asked = replace(asked, counts=MappingProxyType(count_filters(state.items, query.limit)))
    if asked.current is not None and asked.current_row is not None:
        return replace(asked, selection=(asked.current,))
    return move_to(replace(asked, current=None, selection=()), _first(asked))


def move_to(state: ReviewState, image_id: ImageId | None) -> ReviewState:
    """Put the cursor on an image. One that the filter hides is listed for as long as it is current."""
    if image_id is None or image_id not in state.places:
        return state
    place = state.places[image_id]
    left = [] if state.current is None else [state.places[state.current]]
    listed = state.row_of(image_id) is not None
    order = state.order
    if not listed or any(not matches(state.items[old], state.query) for old in left):
        order = reorder(order, state.items, state.query, (*left, place), keep=place)
    return replace(state, order=order, current=image_id, selection=(image_id,))


def step(state: ReviewState, by: int) -> ReviewState:
    """Move the cursor by rows, stopping at the ends."""
    row = state.current_row
    if row is None:
        return move_to(state, _first(state))
    target = min(max(row + by, 0), len(state.order) - 1)
    return move_to(state, state.item_at(target).image_id)


def step_undecided(state: ReviewState, direction: int) -> ReviewState:
    """Move to the nearest undecided readable image above (-1) or below (+1); stay if there is none."""
    row = state.current_row if state.current_row is not None else -1
    rows = range(row + 1, len(state.order)) if direction > 0 else range(row - 1, -1, -1)
    for candidate in rows:
        item = state.item_at(candidate)
        if not item.is_decided and not isinstance(item.record, FailedImage):
            return move_to(state, item.image_id)
    return state


def select(state: ReviewState, image_ids: Iterable[ImageId]) -> ReviewState:
    """Mark images for a bulk decision."""
    return replace(state, selection=tuple(found for found in image_ids if found in state.places))


def apply_changes(state: ReviewState, changes: ChangeSet) -> ReviewState:
    """Take over committed judgements; images of other lots are passed over."""
    return replace_items(
        state,
        [
            replace(state.items[state.places[change.image_id]], judgement=change.after)
            for change in changes.changes
            if change.image_id in state.places
        ],
    )


def apply_detection(state: ReviewState, found: Iterable["DetectedImage"]) -> ReviewState:
    """Take over results of a running detection; the cursor stays on its image."""
    return replace_items(
        state,
        [
            replace(state.items[state.places[one.image_id]], detection=one.detection, run_id=one.run_id)
            for one in found
            if one.image_id in state.places
        ],
    )


def replace_items(state: ReviewState, items: Iterable[ReviewItem]) -> ReviewState:
    """Replace items by newer versions of themselves and re-list just those."""
    newer = {state.places[item.image_id]: item for item in items}
    if not newer:
        return state
    before = [state.items[place] for place in newer]
    lot = list(state.items)
    for place, item in newer.items():
        lot[place] = item
    keep = None if state.current is None else state.places[state.current]
    return replace(
        state,
        items=tuple(lot),
        counts=MappingProxyType(recount(state.counts, before, newer.values(), state.query.limit)),
        order=reorder(state.order, lot, state.query, newer, keep=keep),
    )


def nudge_reference(state: ReviewState, dx: float, dy: float) -> ReviewState:
    """Move the reference of the current image by some pixels, right and down."""
    item = state.current_item
    if item is None or item.reference is None:
        return state
    before = state.nudge or Nudge(item.image_id, 0.0, 0.0)
    return replace(state, nudge=Nudge(item.image_id, before.dx + dx, before.dy + dy))


def set_opacity(state: ReviewState, opacity: float) -> ReviewState:
    """Make the heatmap more or less opaque, within 0 and 1."""
    within = round(min(max(opacity, 0.0), 1.0), 3)
    return replace(state, overlays=replace(state.overlays, opacity=within))


def near_items(state: ReviewState, offsets: Iterable[int]) -> tuple[ReviewItem, ...]:
    """Items some rows away from the cursor; those beyond the ends are left out."""
    row = state.current_row
    if row is None:
        return ()
    return tuple(state.item_at(row + by) for by in offsets if 0 <= row + by < len(state.order))


def _first(state: ReviewState) -> ImageId | None:
    return state.item_at(0).image_id if state.order else None
