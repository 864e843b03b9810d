"""Parts of the review screen by themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.theme import DARK
from app.views.review.class_list import find_classes
from app.views.review.color_bar import ColorBar
from app.views.review.levels_bar import LevelsBar
from app.views.review.scale_bar import round_length
from app.views.review.score_band import Band, ScoreBand
from app.views.review.words import size_text
from core.domain.decisions import DefectClass
from core.domain.detections import ModelVerdict
from core.domain.ids import ClassId


@given(st.floats(1e-3, 1e9))
def test_a_scale_bar_is_round_and_as_long_as_it_may_be(longest: float) -> None:
    length = round_length(longest)
    assert length <= longest * 1.000001
    assert length * 2.5 >= longest * 0.999999
    assert float(f"{length:e}".split("e")[0]) in (1.0, 2.0, 5.0)


@pytest.mark.parametrize(
    ("nm", "words"), [(0.5, "0.5 nm"), (48.21, "48.2 nm"), (1250, "1.25 µm"), (3.3e6, "3.3 mm")]
)
def test_lengths_are_written_in_the_fitting_unit(nm: float, words: str) -> None:
    assert size_text(nm) == words


def test_the_colour_bar_numbers_both_ends_and_no_more_than_fit(qtbot: QtBot) -> None:
    bar = ColorBar("inferno", (0.0, 0.4), DARK)
    for height in (60, 200, 900):
        bar.resize(50, height)
        numbers = bar.numbers()
        assert (numbers[0], numbers[-1]) == (0.0, pytest.approx(0.4))
        assert len(numbers) <= max(2, height / 40)


def test_the_band_has_the_verdicts_between_their_thresholds() -> None:
    low, middle, high = Band(0.5, 0.4, 0.7).parts()
    assert low == (ModelVerdict.OK, 0.0, 0.4)
    assert middle == (ModelVerdict.UNKNOWN, 0.4, 0.7)
    assert high == (ModelVerdict.NG, 0.7, 1.0)


def test_a_result_without_its_lower_threshold_claims_nothing_below_ng() -> None:
    assert Band(0.5, None, 0.7).parts() == [(None, 0.0, 0.7), (ModelVerdict.NG, 0.7, 1.0)]


@pytest.mark.parametrize("score", [-0.5, 0.0, 0.4, 0.55, 1.0, 7.0])
def test_the_mark_lies_in_the_part_of_its_verdict(themed: QApplication, qtbot: QtBot, score: float) -> None:
    band = ScoreBand(DARK)
    qtbot.addWidget(band)
    band.resize(270, band.height())
    band.set_band(Band(score, 0.4, 0.7))
    painted = band.grab().toImage()
    at = [x for x in range(270) if painted.pixelColor(x, 1) == QColor(DARK.text)]
    low, high = Band(score, 0.4, 0.7).limits
    assert (sum(at) / len(at) - 5) / 260 == pytest.approx((score - low) / (high - low), abs=0.02)


def test_classes_are_found_by_any_part_of_their_name_the_beginning_first() -> None:
    classes = [DefectClass(ClassId(n), name) for n, name in enumerate(["Micro_scratch", "Bridge", "Scratch"])]
    assert [found.name for found in find_classes(classes, " scr")] == ["Scratch", "Micro_scratch"]


def test_leaving_a_gray_field_changes_nothing_and_crossed_values_are_put_right(qtbot: QtBot) -> None:
    bar = LevelsBar(DARK)
    qtbot.addWidget(bar)
    bar.set_levels(20.4, 180.0, automatic=True)
    edited: list[tuple[float, float]] = []
    bar.levels_edited.connect(lambda low, high: edited.append((low, high)))
    bar.low.editingFinished.emit()
    assert edited == []
    bar.low.setText("300")
    bar.low.editingFinished.emit()
    assert edited == [(179.0, 180.0)]
