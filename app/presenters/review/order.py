"""Which images the queue shows and in what order: pure functions over positions in the lot.

A position is the index of an item in the lot. Orders are tuples of positions, so that a lot of 100,000 images
is filtered and re-sorted without touching a single Qt object.
"""

from bisect import insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.presenters.queue_limit import QueueLimit
from core.domain.detections import ModelVerdict
from core.domain.lots import FailedImage
from core.domain.review import ReviewItem


class QueueFilter(StrEnum):
    """What part of the lot is listed."""

    ALL = "all"
    UNDECIDED = "undecided"
    NG = "ng"
    UNKNOWN = "unknown"
    OK = "ok"
    FAILED = "failed"
    DECIDED = "decided"


class QueueSort(StrEnum):
    """In what order."""

    LOT = "lot"
    SCORE = "score"
    NEAREST = "nearest"


@dataclass(frozen=True, slots=True)
class QueueQuery:
    """A filter, a text that the name must contain (any case), an order, and what another screen lets through."""

    filter: QueueFilter = QueueFilter.ALL
    text: str = ""
    sort: QueueSort = QueueSort.LOT
    limit: QueueLimit | None = None


_OF_VERDICT = {
    ModelVerdict.NG: QueueFilter.NG,
    ModelVerdict.UNKNOWN: QueueFilter.UNKNOWN,
    ModelVerdict.OK: QueueFilter.OK,
}


def is_failed(item: ReviewItem) -> bool:
    """Whether the file could not be read or not be detected."""
    return isinstance(item.record, FailedImage) or bool(item.detection and item.detection.error)


def filters_of(item: ReviewItem) -> tuple[QueueFilter, ...]:
    """Every filter that lists the item. Unreadable files are not undecided: nothing can be decided of them."""
    found = [QueueFilter.ALL]
    if item.is_decided:
        found.append(QueueFilter.DECIDED)
    elif not isinstance(item.record, FailedImage):
        found.append(QueueFilter.UNDECIDED)
    if is_failed(item):
        found.append(QueueFilter.FAILED)
    elif item.detection and item.detection.verdict:
        found.append(_OF_VERDICT[item.detection.verdict])
    return tuple(found)


def passes(item: ReviewItem, limit: QueueLimit | None) -> bool:
    """Whether another screen lets the item through."""
    return limit is None or item.image_id in limit.images


def matches(item: ReviewItem, query: QueueQuery) -> bool:
    """Whether the queue lists the item under this query."""
    if not passes(item, query.limit):
        return False
    if query.text and query.text.casefold() not in item.record.name.casefold():
        return False
    return query.filter in filters_of(item)


def count_filters(items: Iterable[ReviewItem], limit: QueueLimit | None = None) -> dict[QueueFilter, int]:
    """How many of the items that another screen lets through each filter lists."""
    counts = dict.fromkeys(QueueFilter, 0)
    for item in items if limit is None else (item for item in items if passes(item, limit)):
        for found in filters_of(item):
            counts[found] += 1
    return counts


def recount(
    counts: Mapping[QueueFilter, int],
    before: Iterable[ReviewItem],
    after: Iterable[ReviewItem],
    limit: QueueLimit | None = None,
) -> dict[QueueFilter, int]:
    """The counts once some items were replaced."""
    old, new = count_filters(before, limit), count_filters(after, limit)
    return {name: counts[name] - old[name] + new[name] for name in QueueFilter}


def build_order(items: Sequence[ReviewItem], query: QueueQuery) -> tuple[int, ...]:
    """Positions that match, sorted."""
    found = [position for position, item in enumerate(items) if matches(item, query)]
    if query.sort is not QueueSort.LOT:
        found.sort(key=_sort_key(items, query.sort))
    return tuple(found)


def reorder(
    order: Sequence[int],
    items: Sequence[ReviewItem],
    query: QueueQuery,
    changed: Iterable[int],
    keep: int | None = None,
) -> tuple[int, ...]:
    """The order once the items at `changed` positions were replaced; the rest is not looked at again.

    Args:
        order: positions listed before.
        items: the lot with the new items.
        query: in force before and after.
        changed: positions of the new items.
        keep: a position that stays listed although it no longer matches (the one under the cursor).
    """
    moved = set(changed)
    kept = [position for position in order if position not in moved]
    key = _sort_key(items, query.sort)
    for position in moved:
        if position == keep or matches(items[position], query):
            insort(kept, position, key=key)
    return tuple(kept)


def _sort_key(items: Sequence[ReviewItem], sort: QueueSort) -> Callable[[int], tuple[float, int]]:
    if sort is QueueSort.LOT:
        return lambda position: (0.0, position)
    if sort is QueueSort.NEAREST:
        return lambda position: (_distance(items[position]), position)
    return lambda position: (-_score(items[position]), position)


def _score(item: ReviewItem) -> float:
    if item.detection is None or item.detection.score is None:
        return float("-inf")
    return item.detection.score


def _distance(item: ReviewItem) -> float:
    """From the nearer threshold; what has no score comes last."""
    distance = None if item.detection is None else item.detection.distance_to_cut
    return float("inf") if distance is None else distance
