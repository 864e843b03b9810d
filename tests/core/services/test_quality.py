"""What the quality screen and `residua quality` ask for, of a lot in a history."""

import pytest

from core.cli.main import main
from core.domain.decisions import Verdict
from core.domain.detections import Detection, ModelVerdict
from core.domain.errors import JobCancelled
from core.domain.recipes import Recipe
from core.domain.review import RunState
from core.jobs import CancelToken, JobContext
from core.reporting.shares import Share
from core.services.decisions import decide
from core.services.lots import list_items, open_lot
from core.services.quality import read_review_quality

SCORES = {
    "a.png": (0.9, ModelVerdict.NG),
    "sub/b.png": (0.2, ModelVerdict.OK),
    "sub/c.png": (0.45, ModelVerdict.OK),
}


@pytest.fixture
def lot_id(workspace, folder):
    """Three measured images: one NG, two passed, of which c lies nearer to the cut at 0.5."""
    lot_id = open_lot(workspace, folder, JobContext())
    run = workspace.history.start_run(
        lot_id, recipe=Recipe(), model_id="m", model_sha256="ab" * 32, device="cpu"
    )
    rows = []
    for item in list_items(workspace, lot_id):
        if item.record.name in SCORES:
            score, verdict = SCORES[item.record.name]
            rows.append((item.image_id, Detection(item.record.name, 0.5, score, verdict), "", ""))
    workspace.history.save_detections(run, rows)
    workspace.history.finish_run(run, RunState.FINISHED)
    return lot_id


def names(items):
    return [item.record.name for item in items]


def by_name(workspace, lot_id):
    return {item.record.name: item for item in list_items(workspace, lot_id)}


def test_the_least_sure_come_first_and_the_draw_is_of_what_was_passed(workspace, lot_id):
    found = read_review_quality(workspace, lot_id, JobContext())
    assert names(found.nearest) == ["sub/c.png", "sub/b.png", "a.png"]
    assert set(names(found.draws)) == {"sub/b.png", "sub/c.png"}
    assert found.quality.purity == Share(0, 0)


def test_what_was_decided_is_asked_for_no_more(workspace, lot_id):
    items = by_name(workspace, lot_id)
    decide(workspace, [items["sub/c.png"]], verdict=Verdict.FALSE, title="False")
    decide(workspace, [items["a.png"]], verdict=Verdict.REAL, title="Real")
    found = read_review_quality(workspace, lot_id, JobContext(), listed=5)
    assert names(found.nearest) == names(found.draws) == ["sub/b.png"]
    assert found.quality.purity == Share(1, 1)


def test_a_cancel_is_heard(workspace, lot_id):
    token = CancelToken()
    token.cancel()
    with pytest.raises(JobCancelled):
        read_review_quality(workspace, lot_id, JobContext(token))


def test_the_command_prints_figures_and_lists(workspace, lot_id, monkeypatch, capsys):
    decide(workspace, [by_name(workspace, lot_id)["a.png"]], verdict=Verdict.REAL, title="Real")
    monkeypatch.setenv("RESIDUA_HOME", str(workspace.home))
    workspace.close()
    assert main(["quality", "lot ü", "--draw", "1", "--nearest", "2"]) == 0
    said = capsys.readouterr().out
    assert "Purity of NG         100.0 % (20.7 – 100.0 %), 1 of 1" in said
    assert "reviewer \\ model\tOK\tUnknown\tNG\tsum" in said
    assert said.count("look at: ") == 1
    assert "nearest: sub/c.png\nnearest: sub/b.png\n" in said
    assert "not measured: " in said
