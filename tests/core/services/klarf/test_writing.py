from pathlib import Path

import pytest

from core.domain.decisions import Verdict
from core.domain.errors import UserError
from core.domain.ids import LotId
from core.domain.review import ReviewItem
from core.jobs import JobContext
from core.klarf import parse_klarf, read_klarf
from core.services.decisions import decide
from core.services.klarf.writing import plan_klarf, write_klarf
from core.services.lots import list_items, open_lot
from core.services.workspace import Workspace
from tests.core.klarf.files import ROWS, flat


def label(workspace: Workspace, item: ReviewItem, name: str | None = None, **given: object) -> None:
    """Decide an item, of a class that is made when it is new."""
    if name is not None:
        known = next((one for one in workspace.history.list_classes() if one.name == name), None)
        given["class_id"] = (known or workspace.history.add_class(name, code=given.pop("code", None))).id
    decide(workspace, [item], title="test", **given)


def written(workspace: Workspace, lot_id: LotId, out: Path, **options: object) -> bytes:
    change = plan_klarf(workspace, lot_id, JobContext(), **options)
    return write_klarf(workspace, change, out, JobContext()).read_bytes()


def classes_in(raw: bytes) -> list[float]:
    return parse_klarf("x", raw).wafers[0].defect_lists[0].table.numbers("CLASSNUMBER").tolist()


@pytest.fixture(params=["flat_lot", "nested_lot"])
def source(request: pytest.FixtureRequest) -> Path:
    return request.getfixturevalue(request.param)


@pytest.fixture
def lot(workspace: Workspace, source: Path) -> LotId:
    return open_lot(workspace, source, JobContext())


def test_without_decisions_the_file_is_identical(
    workspace: Workspace, lot: LotId, source: Path, tmp_path: Path
) -> None:
    assert written(workspace, lot, tmp_path / "deep" / "out.001") == source.read_bytes()


def test_decisions_are_written_as_the_classes_of_the_file(
    workspace: Workspace, lot: LotId, source: Path, tmp_path: Path
) -> None:
    first, second = list_items(workspace, lot)
    label(workspace, first, "bridge", verdict=Verdict.REAL)
    label(workspace, second, "Odd one", verdict=Verdict.REAL)
    change = plan_klarf(workspace, lot, JobContext())
    assert change.added == ((9000, "Odd one"),)
    assert list(change.numbers.values()) == [5, 9000]
    raw = write_klarf(workspace, change, tmp_path / "out.001", JobContext()).read_bytes()
    assert sorted(classes_in(raw)) in ([0, 5, 9000], [5, 5, 9000])
    made = parse_klarf("x", raw)
    assert made.classes is not None
    assert made.classes.numbers == (0, 5, 9000)
    assert any("9000" in line for line in change.lines())
    assert "2 of 3 defects" in change.summary()
    assert source.read_bytes() != raw


def test_numbers_of_ones_own_go_before_the_reserved_ones(
    workspace: Workspace, lot: LotId, tmp_path: Path
) -> None:
    first, second = list_items(workspace, lot)
    label(workspace, first, "Void", code=77)
    label(workspace, second, "Short", code=5)  # the file calls 5 “Bridge”: the number is the fab's
    change = plan_klarf(workspace, lot, JobContext())
    assert change.added == ((77, "Void"),)
    assert list(change.numbers.values()) == [77, 5]


def test_verdicts_without_a_class(workspace: Workspace, lot: LotId) -> None:
    first, second = list_items(workspace, lot)
    label(workspace, first, verdict=Verdict.NUISANCE)
    label(workspace, second, verdict=Verdict.REAL)
    change = plan_klarf(workspace, lot, JobContext())
    assert change.added == ((9000, "Nuisance"),)
    assert (list(change.numbers.values()), change.unclassified) == ([9000], 1)


def test_images_of_a_defect_that_contradict_each_other(workspace: Workspace, flat_lot: Path) -> None:
    flat_lot.write_text(flat((ROWS[0].replace(" 1 1 1 0", " 2 2 1 0 2 0"), *ROWS[1:])))
    lot_id = open_lot(workspace, flat_lot, JobContext())
    first, second, _ = list_items(workspace, lot_id)
    label(workspace, first, "Bridge")
    label(workspace, second, "Void")
    change = plan_klarf(workspace, lot_id, JobContext())
    assert (change.numbers, change.contradicting, change.added) == ({}, ("1",), ())
    label(workspace, list_items(workspace, lot_id)[1], "Bridge")
    assert plan_klarf(workspace, lot_id, JobContext()).numbers == {0: 5}


@pytest.mark.parametrize(("choice", "kept"), [("all", [1, 2, 3]), ("decided", None), ("classified", None)])
def test_subsets(
    workspace: Workspace, lot: LotId, tmp_path: Path, choice: str, kept: list[int] | None
) -> None:
    items = list_items(workspace, lot)
    label(workspace, items[0], "Bridge")
    label(workspace, items[1], verdict=Verdict.CANNOT_DETERMINE)
    raw = written(workspace, lot, tmp_path / "out.001", defects=choice)
    ids = parse_klarf("x", raw).wafers[0].defect_lists[0].table.numbers("DEFECTID").tolist()
    assert len(ids) == {"all": 3, "decided": 2, "classified": 1}[choice]
    assert kept is None or ids == kept
    assert parse_klarf("x", raw).notices == ()


def test_the_own_file_is_written_only_when_asked(workspace: Workspace, lot: LotId, source: Path) -> None:
    label(workspace, list_items(workspace, lot)[0], "Bridge")
    change = plan_klarf(workspace, lot, JobContext())
    before = source.read_bytes()
    with pytest.raises(UserError, match="the lot's own KLARF"):
        write_klarf(workspace, change, source, JobContext())
    assert source.read_bytes() == before
    write_klarf(workspace, change, source, JobContext(), in_place=True)
    assert classes_in(source.read_bytes())[0] == 5
    assert list_items(workspace, lot)[0].is_decided
    assert plan_klarf(workspace, lot, JobContext()).splices == ()


def test_what_cannot_be_written_is_said(
    workspace: Workspace, lot: LotId, source: Path, tmp_path: Path
) -> None:
    change = plan_klarf(workspace, lot, JobContext())
    (tmp_path / "report.csv").write_text("image\n")
    with pytest.raises(UserError, match="is no KLARF"):
        write_klarf(workspace, change, tmp_path / "report.csv", JobContext())
    with pytest.raises(UserError, match="cannot be written to DSIZE"):
        plan_klarf(workspace, lot, JobContext(), columns=["DSIZE"])
    pictures = open_lot(workspace, source.parent, JobContext())
    with pytest.raises(UserError, match="did not come from a KLARF"):
        plan_klarf(workspace, pictures, JobContext())


def test_a_file_that_has_changed_is_read_again(
    workspace: Workspace, lot: LotId, source: Path, tmp_path: Path
) -> None:
    label(workspace, list_items(workspace, lot)[0], "Bridge")
    changed = source.read_bytes().replace(b"Unclassified", b"Nothing yet") + b"\n"
    source.write_bytes(changed)
    raw = written(workspace, lot, tmp_path / "out.001")
    assert classes_in(raw) == [5, 5, 0]
    assert b"Nothing yet" in raw
    assert len(raw) == len(changed)


def test_samples_are_written_identically(workspace: Workspace, samples: Path, tmp_path: Path) -> None:
    for path in sorted(samples.iterdir()):
        if not path.name.startswith("bad"):
            lot_id = open_lot(workspace, path, JobContext())
            assert written(workspace, lot_id, tmp_path / path.name) == path.read_bytes()
            assert read_klarf(tmp_path / path.name).defect_count > 0


def test_a_new_class_never_gets_the_number_of_another_one(workspace: Workspace, lot: LotId) -> None:
    first, second = list_items(workspace, lot)
    label(workspace, first, "Scratch", verdict=Verdict.REAL)
    label(workspace, second, "Residue", code=9000)
    change = plan_klarf(workspace, lot, JobContext())
    assert dict(change.added) == {9001: "Scratch", 9000: "Residue"}


def test_two_new_classes_of_one_number_are_refused(workspace: Workspace, lot: LotId) -> None:
    first, second = list_items(workspace, lot)
    label(workspace, first, "Scratch", code=70)
    label(workspace, second, "Residue", code=70)
    with pytest.raises(UserError, match="both have the number 70"):
        plan_klarf(workspace, lot, JobContext())


def test_a_file_that_another_program_changed_meanwhile_is_left_alone(
    workspace: Workspace, lot: LotId, source: Path
) -> None:
    label(workspace, list_items(workspace, lot)[0], "bridge", verdict=Verdict.REAL)
    change = plan_klarf(workspace, lot, JobContext())
    others = source.read_bytes() + b"\n"
    source.write_bytes(others)
    with pytest.raises(UserError, match="changed by another program"):
        write_klarf(workspace, change, source, JobContext(), in_place=True)
    assert source.read_bytes() == others
