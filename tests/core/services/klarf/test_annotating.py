"""What is known of defects as columns of their KLARF: added where it has none, written where it has."""

from pathlib import Path

import pytest

from core.cli.main import main
from core.domain.decisions import Verdict
from core.domain.detections import Detection, ModelVerdict
from core.domain.maps import ClassGuess
from core.domain.recipes import Recipe
from core.domain.review import RunState
from core.jobs import JobContext
from core.klarf import parse_klarf
from core.klarf.image_refs import defect_images
from core.services.decisions import add_class, decide
from core.services.klarf.lots import read_klarf_lot
from core.services.klarf.writing import plan_klarf, write_klarf
from core.services.lots import list_items, open_lot
from core.services.quality import measure_lot_quality
from tests.core.klarf.files import COLUMNS, ROWS, flat

OWN = ("MANSEMCLASS", "AUTOOFFSEMCLASS", "RESIDUASCORE")


@pytest.fixture(params=["flat_lot", "nested_lot"])
def source(request) -> Path:
    return request.getfixturevalue(request.param)


@pytest.fixture
def lot_id(workspace, source):
    """The first image is measured, taken for a scratch by the model and for a bridge by the reviewer."""
    return reviewed(workspace, source)


def reviewed(workspace, source):
    lot_id = open_lot(workspace, source, JobContext())
    first = list_items(workspace, lot_id)[0]
    run = workspace.history.start_run(
        lot_id, recipe=Recipe(), model_id="m", model_sha256="ab" * 32, device="cpu"
    )
    found = Detection(first.record.name, 0.5, 0.87654, ModelVerdict.NG, guess=ClassGuess("Scratch", 0.9))
    workspace.history.save_detections(run, [(first.image_id, found, "", "")])
    workspace.history.finish_run(run, RunState.FINISHED)
    bridge = add_class(workspace, "Bridge")
    decide(workspace, [first], verdict=Verdict.REAL, class_id=bridge.id, title="Bridge")
    return lot_id


def annotated(workspace, lot_id, out, **options):
    change = plan_klarf(workspace, lot_id, JobContext(), columns=(), annotate=True, **options)
    return write_klarf(workspace, change, out, JobContext()).read_bytes()


def table_of(raw):
    return parse_klarf("x", raw).wafers[0].defect_lists[0].table


def test_columns_are_added_and_nothing_else_changes(workspace, lot_id, source, tmp_path):
    before, raw = source.read_bytes(), annotated(workspace, lot_id, tmp_path / "out.001")
    table, old = table_of(raw), table_of(before)
    at = old.columns.index("CLASSNUMBER") + 1
    assert table.columns == (*old.columns[:at], *OWN, *old.columns[at:])
    assert table.numbers("MANSEMCLASS").tolist() == [5, 0, 0]
    assert table.numbers("AUTOOFFSEMCLASS").tolist() == [9000, 0, 0]
    assert table.numbers("RESIDUASCORE").tolist() == [0.8765, -1, -1]
    for name in old.columns:
        if name not in ("IMAGELIST", "IMAGEINFO"):
            assert table.texts(name) == old.texts(name)
    known = parse_klarf("x", raw).classes
    assert (known.numbers[-1], known.names[-1]) == (9000, "Scratch")
    assert parse_klarf("x", raw).notices == parse_klarf("x", before).notices


def test_the_images_are_found_as_before(workspace, lot_id, source, tmp_path):
    raw = annotated(workspace, lot_id, tmp_path / "out.001")
    first, again = (defect_images(parse_klarf("x", content)) for content in (source.read_bytes(), raw))
    assert first.files == again.files
    for name in ("defects", "test_pages", "reference_pages"):
        assert getattr(first, name).tolist() == getattr(again, name).tolist()


def test_an_annotated_file_is_annotated_in_its_own_columns(workspace, lot_id, source, tmp_path):
    raw = annotated(workspace, lot_id, tmp_path / "out.001")
    source.write_bytes(raw)
    again = annotated(workspace, open_lot(workspace, source, JobContext()), tmp_path / "again.001")
    assert again == raw


def test_rows_that_go_are_not_annotated(workspace, lot_id, tmp_path):
    table = table_of(annotated(workspace, lot_id, tmp_path / "out.001", defects="decided"))
    assert table.texts("DEFECTID") == ("1",)
    assert table.numbers("RESIDUASCORE").tolist() == [0.8765]


def test_a_lot_of_which_nothing_is_known_stays_identical(workspace, source, tmp_path):
    lot_id = open_lot(workspace, source, JobContext())
    assert annotated(workspace, lot_id, tmp_path / "out.001") == source.read_bytes()


def test_an_existing_column_is_written_to(workspace, flat_lot, tmp_path):
    columns = COLUMNS.replace("TEST", "TEST MANSEMCLASS")
    rows = tuple(row.replace(" 1 1 1 1 0", " 1 7 1 1 1 0").replace(" 1 2 2 2", " 1 7 2 2 2") for row in ROWS)
    flat_lot.write_text(flat((*rows[:2], " 3 500 600 1 0 0.5 0 1 7 0 0"), columns=columns), newline="")
    table = table_of(annotated(workspace, reviewed(workspace, flat_lot), tmp_path / "out.001"))
    assert table.columns.count("MANSEMCLASS") == 1
    assert table.numbers("MANSEMCLASS").tolist() == [5, 7, 7]


def test_the_command_annotates_and_leaves_the_class_number_alone(
    workspace, lot_id, source, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("RESIDUA_HOME", str(workspace.home))
    workspace.close()
    out = tmp_path / "out.001"
    assert main(["export", str(source), "--format", "klarf", "--annotate", "--out", str(out)]) == 0
    assert "KLARF written" in capsys.readouterr().out
    assert table_of(out.read_bytes()).texts("CLASSNUMBER") == table_of(source.read_bytes()).texts(
        "CLASSNUMBER"
    )
    assert read_klarf_lot(out, JobContext()).name == "out"


def test_a_file_written_in_place_does_not_become_its_own_truth(workspace, lot_id, source):
    said = workspace.history.sites(lot_id).defects.class_numbers.tolist()
    change = plan_klarf(workspace, lot_id, JobContext())
    write_klarf(workspace, change, source, JobContext(), in_place=True)
    assert table_of(source.read_bytes()).numbers("CLASSNUMBER")[0] == 5
    assert workspace.history.sites(lot_id).defects.class_numbers.tolist() == said
    bridges = [line for line in measure_lot_quality(workspace, lot_id).classes if line.name == "Bridge"]
    assert [line.purity.hits for line in bridges] in ([], [0])
    assert plan_klarf(workspace, open_lot(workspace, source, JobContext()), JobContext()).splices == ()
