from dataclasses import replace

import numpy as np
import pytest

from core.domain.decisions import UNDECIDED, Judgement, Verdict
from core.domain.detections import ModelVerdict
from core.reporting.escape_audit import draw_order, measure_escapes
from core.reporting.totals import wilson_interval
from tests.core.reporting.small_lot import make_item

NG, OK = ModelVerdict.NG, ModelVerdict.OK
REAL, FALSE = Judgement(Verdict.REAL), Judgement(Verdict.FALSE)


def image(number, model, judgement=UNDECIDED):
    made = make_item(number, f"{number}.png", model, judgement)
    return replace(made, record=replace(made.record, sha256=f"{number:064x}"))


def passed(count):
    return [image(number, OK) for number in range(1, count + 1)]


def judged(items, judgements):
    """The first of the draw get these judgements."""
    given = {item.image_id: one for item, one in zip(draw_order(items), judgements, strict=False)}
    return [replace(item, judgement=given.get(item.image_id, item.judgement)) for item in items]


def test_the_draw_is_of_what_was_passed_and_the_same_again():
    items = [*passed(50), image(60, NG), make_item(61, "61.png")]
    order = draw_order(items)
    assert {item.image_id for item in order} == set(range(1, 51))
    assert draw_order(items[::-1]) == order
    assert [item.image_id for item in order] != sorted(item.image_id for item in order)


def test_images_judged_out_of_turn_do_not_count():
    items = passed(50)
    late = draw_order(items)[20].image_id
    items = [replace(item, judgement=REAL) if item.image_id == late else item for item in items]
    audit = measure_escapes([*judged(items, [FALSE] * 10), image(60, NG, REAL)])
    assert (audit.drawn, audit.escapes, audit.captured) == (10, 0, 1)


def test_the_interval_by_hand():
    items = [*judged(passed(100), [REAL, *[FALSE] * 19]), *(image(200 + n, NG, REAL) for n in range(9))]
    audit = measure_escapes(items)
    low, high = wilson_interval(1, 20)
    expected = tuple(9 / (9 + 1 + 80 * rate) for rate in (high, 1 / 20, low))
    assert audit.capture == pytest.approx(expected)
    assert str(audit) == "64.3 % (31.2 – 84.0 %)"


def test_a_draw_of_all_leaves_nothing_to_estimate():
    items = [*judged(passed(10), [REAL, *[FALSE] * 9]), *(image(200 + n, NG, REAL) for n in range(3))]
    assert measure_escapes(items).capture == (0.75, 0.75, 0.75)


def test_what_cannot_be_determined_is_on_neither_side():
    open_question = Judgement(Verdict.CANNOT_DETERMINE)
    items = [*judged(passed(10), [open_question, FALSE, FALSE]), image(200, NG, REAL)]
    audit = measure_escapes(items)
    assert (audit.drawn, audit.unresolved) == (3, 1)
    assert audit.capture[0] == pytest.approx(1 / (1 + 7 * wilson_interval(0, 2)[1]))


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        ([*passed(5), image(9, NG, REAL)], "no image of the draw has been judged"),
        ([*judged(passed(5), [FALSE]), image(9, NG)], "1 flagged images are not decided"),
        (judged(passed(5), [FALSE]), "no real defect has been found"),
        ([], "no real defect has been found"),
    ],
)
def test_it_is_not_measured_and_says_why(items, reason):
    audit = measure_escapes(items)
    assert audit.capture is None
    assert str(audit) == f"not measured: {reason}"


def test_the_interval_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(3)
    held = 0
    for trial in range(60):
        real = set(rng.choice(200, 20, replace=False).tolist())
        items = [image(1000 * trial + number + 1, OK) for number in range(200)]
        truth = {items[number].image_id for number in real}
        order = draw_order(items)[:40]
        found = judged(items, [REAL if item.image_id in truth else FALSE for item in order])
        audit = measure_escapes([*found, *(image(10**6 + n, NG, REAL) for n in range(30))])
        held += audit.capture[0] <= 30 / 50 <= audit.capture[2]
    assert held >= 54  # 95 % of 60 is 57
