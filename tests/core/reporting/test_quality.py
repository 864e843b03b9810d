from dataclasses import replace

import numpy as np
import pytest

from core.domain.decisions import UNDECIDED, Decision, Judgement, Verdict
from core.domain.detections import ModelVerdict
from core.domain.ids import DecisionId
from core.domain.maps import ClassGuess
from core.domain.review import ReviewItem
from core.domain.wafers import DefectSites, LotSites
from core.reporting.quality import measure_quality, quality_lines
from core.reporting.shares import NOT_MEASURED, Share
from tests.core.reporting.small_lot import BRIDGE, NOON, PARTICLE, make_item

NG, OK, UNKNOWN = ModelVerdict.NG, ModelVerdict.OK, ModelVerdict.UNKNOWN
REAL, NUISANCE, FALSE = Verdict.REAL, Verdict.NUISANCE, Verdict.FALSE


def lot(*rows):
    """Items of (model verdict, reviewer's verdict or none)."""
    return [
        make_item(number, f"{number}.png", model, UNDECIDED if verdict is None else Judgement(verdict))
        for number, (model, verdict) in enumerate(rows, start=1)
    ]


def said(item, reviewer, verdict, number, undo_of=None):
    return Decision(
        DecisionId(number), item.image_id, UNDECIDED, Judgement(verdict), reviewer, NOON, undo_of=undo_of
    )


def test_nothing_is_measured_where_nothing_was_decided():
    quality = measure_quality(lot((NG, None), (OK, None), (None, None)), (), ())
    assert [figure.startswith(NOT_MEASURED) for _, figure, _ in quality_lines(quality)] == [
        True, True, False, True, True
    ]  # fmt: skip
    assert quality.verdicts is None
    assert quality.class_confusion is None
    assert quality.classes == ()
    assert quality.kappa is None
    assert str(measure_quality((), (), ()).reject_rate) == NOT_MEASURED


def test_purity_accuracy_and_reject_rate_by_hand():
    items = lot(
        (NG, REAL), (NG, REAL), (NG, NUISANCE), (NG, Verdict.CANNOT_DETERMINE), (NG, None),
        (UNKNOWN, REAL), (UNKNOWN, FALSE), (OK, REAL), (OK, FALSE), (None, REAL),
    )  # fmt: skip
    quality = measure_quality(items, (), ())
    assert quality.purity == Share(2, 3)
    assert quality.accuracy == Share(3, 4)
    assert quality.reject_rate == Share(2, 9)
    assert quality.verdicts.columns == ("OK", "Unknown", "NG")
    by_row = dict(zip(quality.verdicts.rows, quality.verdicts.counts, strict=True))
    assert (by_row["Real"], by_row["Nuisance"], by_row["False"]) == ((1, 1, 2), (0, 0, 1), (1, 1, 0))
    assert (by_row["Cannot determine"], by_row["Non-visual"]) == ((0, 0, 1), (0, 0, 0))


def test_a_share_says_its_interval():
    assert str(Share(8, 10)) == "80.0 % (49.0 – 94.3 %), 8 of 10"


def test_classes_are_compared_with_those_of_the_lots_file():
    def item(number, label, class_id):
        made = make_item(number, f"{number}.png", NG, Judgement(REAL, class_id))
        return replace(made, record=replace(made.record, label=label))

    items = [
        item(1, "bridge", BRIDGE.id), item(2, "Bridge", BRIDGE.id), item(3, "Bridge", PARTICLE.id),
        item(4, "Particle", BRIDGE.id), item(5, "Scratch", None), item(6, None, BRIDGE.id),
    ]  # fmt: skip
    quality = measure_quality(items, (BRIDGE, PARTICLE), ())
    lines = {line.name: (line.purity, line.accuracy, line.contribution) for line in quality.classes}
    assert lines == {
        "Bridge": (Share(2, 3), Share(2, 3), Share(3, 4)),
        "Particle": (Share(0, 1), Share(0, 1), Share(1, 4)),
        "Scratch": (Share(0, 1), Share(0, 0), Share(0, 4)),
    }
    assert sum(map(sum, quality.class_confusion.counts)) == 5


def test_agreement_is_of_two_people_on_one_image():
    items = lot((NG, REAL), (NG, REAL), (NG, NUISANCE), (NG, REAL), (NG, REAL))
    decisions = [
        said(items[0], "mei", REAL, 1), said(items[0], "sato", REAL, 2),
        said(items[1], "mei", REAL, 3), said(items[1], "sato", NUISANCE, 4),
        said(items[2], "mei", NUISANCE, 5), said(items[2], "sato", NUISANCE, 6),
        said(items[3], "mei", NUISANCE, 7), said(items[3], "mei", REAL, 8),  # one person twice
        said(items[4], "mei", REAL, 9), said(items[4], "sato", FALSE, 10),
        said(items[4], "mei", REAL, 11, undo_of=10),
    ]  # fmt: skip
    quality = measure_quality(items, (), decisions)
    assert quality.agreement == Share(2, 3)
    # mei: 2 real, 1 nuisance; sato: 1 real, 2 nuisance; chance (2·1 + 1·2) / 9
    assert quality.kappa == pytest.approx((2 / 3 - 4 / 9) / (1 - 4 / 9))


def test_kappa_is_unknown_where_all_say_the_same():
    items = lot((NG, REAL))
    decisions = [said(items[0], "mei", REAL, 1), said(items[0], "sato", REAL, 2)]
    quality = measure_quality(items, (), decisions)
    assert (quality.agreement, quality.kappa) == (Share(1, 1), None)


def test_an_unreadable_file_counts_nowhere(report):
    broken = [item for item in report.items if isinstance(item, ReviewItem) and item.image_id == 8]
    assert measure_quality(broken, (), ()).reject_rate == Share(0, 0)


def klarf_lot(numbers):
    """Sites of a KLARF with a defect for each of the images 1.png, 2.png …, of these class numbers."""
    count = len(numbers)
    nowhere = np.full((count, 2), np.nan)
    defects = DefectSites(
        np.zeros(count, np.int32), tuple(map(str, range(count))), nowhere, nowhere, nowhere,
        np.full(count, np.nan), np.array(numbers, np.float64),
    )  # fmt: skip
    names = {f"{number + 1}.png": number for number in range(count)}
    return LotSites("ab" * 32, (), defects, names, {0: "Unclassified", 5: "BRIDGE", 7: "Void"})


def test_classes_are_compared_with_those_of_the_klarf_where_it_gives_any():
    items = [
        make_item(1, "1.png", NG, Judgement(REAL, BRIDGE.id)),
        make_item(2, "2.png", NG, Judgement(NUISANCE)),
        make_item(3, "3.png", NG, Judgement(REAL, BRIDGE.id)),
        make_item(4, "4.png", NG, Judgement(Verdict.CANNOT_DETERMINE)),
        make_item(5, "5.png", NG),
    ]
    quality = measure_quality(items, (BRIDGE,), (), klarf_lot([5, 5, 0, 7, 5]))
    assert quality.class_source == "the KLARF"
    lines = {line.name.casefold(): line for line in quality.classes}
    assert (lines["bridge"].purity, lines["bridge"].accuracy) == (Share(1, 2), Share(1, 1))
    assert lines["void"].purity == Share(0, 0)  # nobody knows what its only image shows
    assert lines["nuisance"].accuracy == Share(0, 1)
    assert "Cannot determine" in quality.class_confusion.rows
    assert measure_quality(items, (BRIDGE,), (), klarf_lot([0, -1, 0, 0, np.nan])).class_source == ""


def test_a_detector_that_learned_classes_is_measured_by_them():
    def guessed(number, name, judgement):
        item = make_item(number, f"{number}.png", NG, judgement)
        return replace(item, detection=replace(item.detection, guess=ClassGuess(name, 0.9)))

    items = [
        guessed(1, "Bridge", Judgement(REAL, BRIDGE.id)),
        guessed(2, "Bridge", Judgement(REAL, PARTICLE.id)),
        guessed(3, "normal", Judgement(REAL, BRIDGE.id)),
    ]
    quality = measure_quality(items, (BRIDGE, PARTICLE), ())
    assert quality.class_source == "the model"
    assert {line.name: line.purity for line in quality.classes} == {
        "Bridge": Share(1, 2),
        "Particle": Share(0, 0),
    }
    assert quality.class_confusion.columns == ("Bridge", "no class")
