import json

import numpy as np
import pytest

from core.domain.wafers import Inspection, WaferPlan
from core.klarf import parse_klarf
from core.klarf.geometry import defect_sites, wafer_plan
from tests.core.klarf.files import HEAD, flat, nested


def placed(text: str):
    klarf = parse_klarf("a.001", text.encode())
    plans = tuple(wafer_plan(klarf, wafer) for wafer in klarf.wafers)
    return plans, defect_sites(klarf, plans)


def test_index_pitch_and_centre_give_the_place() -> None:
    (plan,), sites = placed(flat())
    assert (plan.wafer_id, plan.slot, plan.diameter_um, plan.mark) == ("W01", 7, 300_000.0, "notch")
    assert sites.on_wafer_um.tolist() == [[-399.5, -800.0], [800.0, -600.0], [1000.0, -400.0]]
    assert sites.size_um.tolist() == [1.25, 2.5, 0.5]


@pytest.mark.parametrize(
    ("mark", "expected"),
    [("DOWN", (-399.5, -800)), ("LEFT", (800, -399.5)), ("UP", (399.5, 800)), ("RIGHT", (-800, 399.5))],
)
def test_the_mark_is_turned_to_the_bottom(mark: str, expected: tuple[float, float]) -> None:
    _, sites = placed(flat(head=HEAD.replace("DOWN", mark)))
    assert sites.on_wafer_um[0] == pytest.approx(expected)


def test_nanometres_and_mirroring_of_the_nested_grammar() -> None:
    (plan,), sites = placed(nested())
    assert (plan.die_pitch_um, plan.center_um, plan.mark_deg, plan.is_mirrored) == (
        (1000, 2000),
        (500, 1000),
        90,
        True,
    )
    assert sites.on_wafer_um[0] == pytest.approx((-800, -399.5))
    assert sites.size_um.tolist() == [1.25, 2.5, 0.5]


def test_a_defect_lies_in_the_box_of_its_die() -> None:
    for mark in ("DOWN", "LEFT", "UP", "RIGHT"):
        (plan,), sites = placed(flat(head=HEAD.replace("DOWN", mark)))
        boxes = dict(zip(map(tuple, plan.dies.tolist()), plan.die_boxes(), strict=True))
        for die, (x, y) in zip(sites.die_xy.astype(int).tolist(), sites.on_wafer_um, strict=True):
            left, bottom, right, top = boxes[tuple(die)]
            assert left <= x <= right
            assert bottom <= y <= top


@pytest.mark.parametrize("lost", ["DiePitch 1.0e+003 2.0e+003", "SampleCenterLocation 500 1000"])
def test_what_is_not_told_stays_blank(lost: str) -> None:
    (plan,), sites = placed(flat(head=HEAD.replace(lost, lost.split()[0] + " NA NA")))
    assert np.isnan(sites.on_wafer_um).all()
    assert None in (plan.die_pitch_um, plan.center_um)


def test_a_plan_is_the_same_after_it_was_stored() -> None:
    (plan,), _ = placed(nested())
    again = WaferPlan.from_json(json.loads(json.dumps(plan.to_json())))
    assert again.to_json() == plan.to_json()
    assert np.array_equal(again.die_boxes(), plan.die_boxes())


@pytest.mark.parametrize(
    "text",
    [
        flat(
            head=HEAD.replace(
                "LotID",
                'DeviceID "DEV-9";\nSetupID "S 4" 01-02-2026 10:00:00;\nStepID "M2";\n'
                'InspectionStationID "V" "M" "ST1";\nResultTimestamp 01-02-2026 11:12:13;\nLotID',
                1,
            )
        ),
        nested().replace(
            "  Field DiePitch",
            '  Field DeviceID 1 {"DEV-9"}\n  Field RecipeID 3 {"S 4", "01-02-2026", "10:00:00"}\n'
            '  Field StepID 1 {"M2"}\n  Field InspectionStationID 3 {"V", "M", "ST1"}\n'
            '  Field ResultTimestamp 2 {"01-02-2026", "11:12:13"}\n  Field DiePitch',
            1,
        ),
    ],
)
def test_both_grammars_tell_where_a_wafer_was_inspected(text: str) -> None:
    klarf = parse_klarf("a", text.encode())
    assert wafer_plan(klarf, klarf.wafers[0]).inspection == Inspection(
        "LOT", "DEV-9", "M2", "V M ST1", "S 4 01-02-2026 10:00:00", "01-02-2026 11:12:13"
    )


def test_a_plan_that_was_kept_before_inspections_were_is_read() -> None:
    klarf = parse_klarf("a", flat().encode())
    stored = wafer_plan(klarf, klarf.wafers[0]).to_json()
    del stored["inspection"]
    assert WaferPlan.from_json(stored).inspection == Inspection()
