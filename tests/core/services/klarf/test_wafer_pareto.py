"""The Pareto counts what the wafer map shows, and counts it in the database."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import event

from core.domain.decisions import ClassDraft, Killer, Verdict
from core.domain.errors import UserError
from core.domain.ids import LotId
from core.domain.lots import ImageRecord
from core.domain.pareto import WaferPart
from core.domain.wafer_grid import stacked_boxes
from core.jobs import JobContext
from core.services.decisions import decide
from core.services.klarf.pareto import count_classes
from core.services.klarf.wafer_map import list_wafer_lots, read_wafer_map
from core.services.lots import list_items, open_lot
from core.services.workspace import Workspace
from tests.core.klarf.files import COLUMNS, flat
from tests.core.klarf.wafers import Spot, write_wafer_lot

WAFERS = (
    (Spot(0, 0, 5), Spot(20_000, 0, 5), Spot(0, 90_000), Spot(149_000, 0, 6)),
    (Spot(0, 60_000, 6), Spot(-148_000, 0)),
)


@pytest.fixture
def lot_id(tmp_path: Path, workspace: Workspace) -> LotId:
    return open_lot(workspace, write_wafer_lot(tmp_path / "lot", WAFERS), JobContext())


def wafers_of(lot_id: LotId, low: float | None = None, high: float | None = None) -> list[WaferPart]:
    return [WaferPart((lot_id, wafer), low, high) for wafer in range(len(WAFERS))]


def counted(workspace: Workspace, parts: list[WaferPart], picked: np.ndarray | None = None) -> dict[str, int]:
    found: Counter[str] = Counter()
    for one in count_classes(workspace, parts, picked):
        found[one.name] += one.defects
    return dict(found)


def on_map(workspace: Workspace, lot_id: LotId) -> dict[str, int]:
    shown = read_wafer_map(workspace, [lot_id], JobContext())
    return dict(Counter(shown.classes[line].name for line in shown.class_of))


def test_classes_of_the_file_by_wafer(workspace: Workspace, lot_id: LotId) -> None:
    found = {(one.wafer[1], one.name): one.defects for one in count_classes(workspace, wafers_of(lot_id))}
    assert found == {
        (0, "Bridge"): 2,
        (0, "Unclassified"): 1,
        (0, "Scratch"): 1,
        (1, "Scratch"): 1,
        (1, "Unclassified"): 1,
    }


def test_decisions_go_before_the_file_in_map_and_pareto(workspace: Workspace, lot_id: LotId) -> None:
    items = list_items(workspace, lot_id)
    known = workspace.history.add_class("bridge", color="#112233")
    decide(workspace, [items[2]], verdict=Verdict.REAL, class_id=known.id, title="Bridge")
    decide(workspace, [items[4]], verdict=Verdict.NUISANCE, title="Nuisance")
    decide(workspace, [items[5]], verdict=Verdict.REAL, title="Real, of no class")
    expected = {"bridge": 3, "Scratch": 1, "Nuisance": 1, "Unclassified": 1}
    assert counted(workspace, wafers_of(lot_id)) == expected
    assert on_map(workspace, lot_id) == expected


def test_a_ring_of_the_wafers(workspace: Workspace, lot_id: LotId) -> None:
    assert counted(workspace, wafers_of(lot_id, None, 50_000)) == {"Bridge": 2}
    assert counted(workspace, wafers_of(lot_id, 50_000, 100_000)) == {"Unclassified": 1, "Scratch": 1}
    assert counted(workspace, wafers_of(lot_id, 147_000)) == {"Unclassified": 1, "Scratch": 1}
    assert counted(workspace, wafers_of(lot_id, 147_000)[:1]) == {"Scratch": 1}


def test_only_what_is_picked(workspace: Workspace, lot_id: LotId) -> None:
    picked = np.array([[lot_id, 1], [lot_id, 3], [lot_id + 1, 0]], np.int64)
    assert counted(workspace, wafers_of(lot_id), picked) == {"Bridge": 1, "Scratch": 1}
    assert counted(workspace, wafers_of(lot_id), picked[:0]) == {}


def test_killers_by_decision_else_by_class(workspace: Workspace, lot_id: LotId) -> None:
    workspace.history.class_table.change("Killer", added=[ClassDraft("BRIDGE", killer=Killer.YES)])
    decide(workspace, [list_items(workspace, lot_id)[0]], killer=Killer.NO, title="No killer")
    decide(workspace, [list_items(workspace, lot_id)[3]], killer=Killer.YES, title="Killer")
    killers: Counter[str] = Counter()
    for one in count_classes(workspace, wafers_of(lot_id)):
        killers[one.name] += one.killers
    assert dict(killers) == {"BRIDGE": 1, "Scratch": 1, "Unclassified": 0}


def test_a_defect_without_a_place_is_on_the_wafer_and_in_no_ring(
    workspace: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "nowhere").mkdir()
    columns = COLUMNS.replace("XREL", "A").replace("YREL", "B")
    (tmp_path / "nowhere" / "lot.001").write_text(flat(columns=columns))
    lot_id = open_lot(workspace, tmp_path / "nowhere" / "lot.001", JobContext())
    assert counted(workspace, [WaferPart((lot_id, 0))]) == {"Unclassified": 2, "Bridge": 1}
    assert counted(workspace, [WaferPart((lot_id, 0), 0.0, 1e9)]) == {}


def test_of_several_images_the_last_with_a_class_has_the_word(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "several"
    write_wafer_lot(folder, [[Spot(0, 0)] * 3])
    path = folder / "lot.klarf"
    text = path.read_text().replace('Images 1 {1 "30"}', 'Images 3 {1 "30", 2 "30", 3 "30"}')
    path.write_text(text.replace('Images 1 {2 "30"}', "N").replace('Images 1 {3 "30"}', "N"))
    lot_id = open_lot(workspace, path, JobContext())
    items = list_items(workspace, lot_id)
    assert len(items) == 3
    known = workspace.history.add_class("Bridge")
    decide(workspace, items[:1], verdict=Verdict.REAL, class_id=known.id, title="Bridge")
    decide(workspace, items[1:2], verdict=Verdict.NUISANCE, title="Nuisance")
    decide(workspace, items[2:], verdict=Verdict.REAL, title="Real")
    assert on_map(workspace, lot_id) == {"Bridge": 1, "Unclassified": 2}
    assert counted(workspace, [WaferPart((lot_id, 0))]) == {"Bridge": 1, "Unclassified": 2}


def test_lots_are_laid_on_each_other(workspace: Workspace, lot_id: LotId, tmp_path: Path) -> None:
    other = open_lot(
        workspace, write_wafer_lot(tmp_path / "b", [[Spot(5_000, 0, 7)]], name="b"), JobContext()
    )
    stacked = read_wafer_map(workspace, [lot_id, other], JobContext())
    assert stacked.keys == ((lot_id, 0), (lot_id, 1), (other, 0))
    assert stacked.defects.wafers.tolist() == [0, 0, 0, 0, 1, 1, 2]
    assert stacked.numbers[-1].tolist() == [other, 0]
    assert stacked.images.tolist() == [
        item.image_id for one in (lot_id, other) for item in list_items(workspace, one)
    ]
    assert len(stacked.defect_of) == 6
    parts = [WaferPart(key) for key in stacked.keys]
    assert counted(workspace, parts) == dict(Counter(stacked.classes[line].name for line in stacked.class_of))
    assert [(one.id, one.wafers) for one in list_wafer_lots(workspace)] == [(other, 1), (lot_id, 2)]


def test_images_of_a_lot_without_wafers_count_as_one_defect_each(
    workspace: Workspace, lot_id: LotId, tmp_path: Path
) -> None:
    (tmp_path / "lot" / "broken.png").write_bytes(b"no image")
    (tmp_path / "lot" / "lot.klarf").unlink()
    plain = open_lot(workspace, tmp_path / "lot", JobContext())
    items = [item for item in list_items(workspace, plain) if isinstance(item.record, ImageRecord)]
    assert (len(items), len(list_items(workspace, plain))) == (6, 7)
    known = workspace.history.add_class("Bridge")
    decide(workspace, items[1:3], verdict=Verdict.REAL, class_id=known.id, title="Bridge")
    decide(workspace, items[4:5], verdict=Verdict.NUISANCE, killer=Killer.YES, title="Nuisance")
    shown = read_wafer_map(workspace, [plain], JobContext())
    assert not shown.has_wafers
    assert shown.numbers[:, 1].tolist() == [item.image_id for item in items]
    assert on_map(workspace, plain) == {"No class": 3, "Bridge": 2, "Nuisance": 1}
    assert counted(workspace, [WaferPart((plain, 0))]) == on_map(workspace, plain)
    assert counted(workspace, [WaferPart((plain, 0))], shown.numbers[:2]) == {"No class": 1, "Bridge": 1}
    assert sum(one.killers for one in count_classes(workspace, [WaferPart((plain, 0))])) == 1


def test_a_lot_without_wafers_is_not_laid_on_others(
    workspace: Workspace, lot_id: LotId, tmp_path: Path
) -> None:
    plain = open_lot(workspace, tmp_path / "lot" / "s.tif", JobContext())
    assert read_wafer_map(workspace, [lot_id, plain], JobContext()).keys == ((lot_id, 0), (lot_id, 1))


def test_counting_is_one_query_and_no_row_of_a_defect_leaves_it(workspace: Workspace, lot_id: LotId) -> None:
    asked: list[str] = []
    engine = workspace.history._database._readers

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        found = workspace.history.defect_states.count(wafers_of(lot_id), None)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len([one for one in asked if "defects" in one]) == 1
    assert len(found) == 5 < sum(map(len, WAFERS))


def test_map_and_pareto_agree_on_real_files(workspace: Workspace, samples: Path) -> None:
    read = 0
    for file in sorted(samples.iterdir()):
        try:
            lot_id = open_lot(workspace, file, JobContext())
        except UserError:
            continue  # refused with line and reason, which is tested elsewhere
        shown = read_wafer_map(workspace, [lot_id], JobContext())
        parts = [WaferPart(key) for key in shown.keys]
        assert counted(workspace, parts) == on_map(workspace, lot_id)
        assert len(stacked_boxes(shown.plans)) <= sum(len(plan.dies) for plan in shown.plans)
        read += 1
    assert read
