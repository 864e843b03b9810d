from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.domain.ids import LotId
from core.domain.pareto import ClassCount, Measure, rank_classes

FIRST, SECOND = (LotId(1), 0), (LotId(1), 1)


def count(
    name: str,
    defects: int,
    killers: int = 0,
    wafer: tuple[LotId, int] = FIRST,
    *,
    is_classified: bool = True,
) -> ClassCount:
    return ClassCount(wafer, name, is_classified, defects, killers)


def test_defects_are_counted_over_wafers_and_ranked() -> None:
    found = rank_classes(
        [
            count("A", 3),
            count("B", 4),
            count("A", 5, wafer=SECOND),
            count("No class", 8, is_classified=False),
        ],
        Measure.DEFECTS,
    )
    assert [(bar.name, bar.value) for bar in found.bars] == [("A", 8), ("No class", 8), ("B", 4)]
    assert [bar.cumulative for bar in found.bars] == [0.4, 0.8, 1.0]
    assert (found.defects, found.classified, found.blind_wafers) == (20, 12, 0)


def test_the_classified_stand_for_their_whole_wafer() -> None:
    found = rank_classes(
        [
            count("A", 2),
            count("B", 8),
            count("No class", 90, is_classified=False),  # 10 of 100 were classified: each stands for 10
            count("A", 5, wafer=SECOND),
            count("No class", 5, wafer=SECOND, is_classified=False),
        ],
        Measure.SAMPLE,
    )
    assert [(bar.name, bar.value, bar.defects) for bar in found.bars] == [("B", 80, 8), ("A", 30, 7)]


def test_a_wafer_without_a_class_is_told_and_not_guessed() -> None:
    unseen = count("No class", 40, wafer=SECOND, is_classified=False)
    found = rank_classes([count("A", 2), unseen], Measure.SAMPLE)
    assert [(bar.name, bar.value) for bar in found.bars] == [("A", 2)]
    assert found.blind_wafers == 1


def test_killers_alone() -> None:
    found = rank_classes([count("A", 9, killers=1), count("B", 4, killers=4), count("C", 7)], Measure.KILLERS)
    assert [(bar.name, bar.value, bar.share) for bar in found.bars] == [("B", 4, 0.8), ("A", 1, 0.2)]


def test_nothing_is_an_empty_pareto() -> None:
    assert rank_classes([], Measure.SAMPLE).bars == ()


counts = st.builds(
    ClassCount,
    st.sampled_from([FIRST, SECOND]),
    st.sampled_from(["A", "B", "C"]),
    st.just(True),
    st.integers(1, 50),
    st.integers(0, 1),
)
unclassified = st.builds(
    ClassCount,
    st.sampled_from([FIRST, SECOND]),
    st.just("No class"),
    st.just(False),
    st.integers(1, 50),
    st.just(0),
)


@given(st.lists(st.one_of(counts, unclassified), max_size=12), st.sampled_from(Measure))
def test_bars_fall_and_their_shares_add_up(found: list[ClassCount], measure: Measure) -> None:
    bars = rank_classes(found, measure).bars
    assert all(first.value >= second.value for first, second in pairwise(bars))
    assert not bars or abs(bars[-1].cumulative - 1) < 1e-9
    assert abs(sum(bar.share for bar in bars) - bool(bars)) < 1e-9


@given(st.lists(counts, max_size=12))
def test_a_sample_of_everything_is_the_count(found: list[ClassCount]) -> None:
    raw, weighted = rank_classes(found, Measure.DEFECTS), rank_classes(found, Measure.SAMPLE)
    assert [(bar.name, round(bar.value, 6)) for bar in weighted.bars] == [
        (bar.name, bar.value) for bar in raw.bars
    ]
