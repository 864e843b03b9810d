"""Order and counts of the queue: what is kept up step by step equals what is built anew."""

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from app.presenters.queue_limit import QueueLimit
from app.presenters.review.order import (
    QueueFilter,
    QueueQuery,
    QueueSort,
    build_order,
    count_filters,
    filters_of,
    recount,
    reorder,
)
from core.domain.decisions import UNDECIDED, Judgement, Verdict
from core.domain.detections import Detection, ModelVerdict
from core.domain.ids import ImageId
from core.domain.lots import FailedImage, ImageRecord
from core.domain.review import ReviewItem


def record(name: str) -> ImageRecord:
    return ImageRecord(Path("/lot") / name, name, 0, "0" * 64, (8, 8), 8, 8)


def failed(name: str) -> FailedImage:
    return FailedImage(Path("/lot") / name, name, "It is empty.")


names = st.sampled_from(["a.tif", "B.tif", "wafer/a.tif", "x.png"])
detections = st.one_of(
    st.none(),
    st.builds(Detection, names, st.just(0.5), st.floats(0, 1), st.sampled_from(ModelVerdict)),
    st.builds(Detection, names, st.just(0.5), error=st.just("out of memory")),
)
judgements = st.sampled_from([UNDECIDED, Judgement(verdict=Verdict.REAL), Judgement(note="only a note")])
items = st.builds(
    ReviewItem,
    st.just(ImageId(0)),
    st.one_of(names.map(record), names.map(failed)),
    detections,
    st.none(),
    judgements,
)
queries = st.builds(
    QueueQuery, st.sampled_from(QueueFilter), st.sampled_from(["", "A", "wafer"]), st.sampled_from(QueueSort)
)


@given(st.lists(items, min_size=1, max_size=25), queries, st.data())
def test_replacing_items_re_lists_as_a_new_list_would(
    lot: list[ReviewItem], query: QueueQuery, data: st.DataObject
) -> None:
    changes = data.draw(st.dictionaries(st.integers(0, len(lot) - 1), items, max_size=6))
    newer = [changes.get(place, item) for place, item in enumerate(lot)]
    assert reorder(build_order(lot, query), newer, query, changes) == build_order(newer, query)
    before = [lot[place] for place in changes]
    assert recount(count_filters(lot), before, changes.values()) == count_filters(newer)


@given(st.lists(items, min_size=1, max_size=25), queries, st.data())
def test_the_image_under_the_cursor_stays_listed(
    lot: list[ReviewItem], query: QueueQuery, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(lot) - 1))
    listed = reorder(build_order(lot, query), lot, query, [place], keep=place)
    assert place in listed
    assert set(listed) - {place} == set(build_order(lot, query)) - {place}


def test_scores_sort_from_high_to_low_and_what_has_none_comes_last() -> None:
    scores = [0.2, None, 0.9, 0.2]
    lot = [
        ReviewItem(
            ImageId(n), record("a"), None if score is None else Detection("a", 0.5, score, ModelVerdict.OK)
        )
        for n, score in enumerate(scores)
    ]
    assert build_order(lot, QueueQuery(sort=QueueSort.SCORE)) == (2, 0, 3, 1)


def test_an_unreadable_file_is_failed_and_not_undecided() -> None:
    assert filters_of(ReviewItem(ImageId(1), failed("a.tif"))) == (QueueFilter.ALL, QueueFilter.FAILED)


def test_an_image_that_could_not_be_detected_is_failed_and_undecided() -> None:
    item = ReviewItem(ImageId(1), record("a.tif"), Detection("a.tif", 0.5, error="out of memory"))
    assert filters_of(item) == (QueueFilter.ALL, QueueFilter.UNDECIDED, QueueFilter.FAILED)
    decided = replace(item, judgement=Judgement(verdict=Verdict.FALSE))
    assert QueueFilter.DECIDED in filters_of(decided)


def test_what_another_screen_lets_through_is_listed_and_counted_alone() -> None:
    lot = [ReviewItem(ImageId(number), record(f"{number}.tif")) for number in range(4)]
    limit = QueueLimit(frozenset({ImageId(1), ImageId(3), ImageId(9)}), ())
    assert build_order(lot, QueueQuery(limit=limit)) == (1, 3)
    assert build_order(lot, QueueQuery(text="3", limit=limit)) == (3,)
    counts = count_filters(lot, limit)
    assert (counts[QueueFilter.ALL], counts[QueueFilter.UNDECIDED]) == (2, 2)
    decided = [replace(item, judgement=Judgement(verdict=Verdict.REAL)) for item in lot]
    after = recount(counts, lot[:2], decided[:2], limit)
    assert (after[QueueFilter.UNDECIDED], after[QueueFilter.DECIDED]) == (1, 1)
    assert reorder((1, 3), lot, QueueQuery(limit=limit), [0, 1]) == (1, 3)
