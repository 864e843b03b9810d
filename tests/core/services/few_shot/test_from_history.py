import pytest

from core.domain.decisions import Verdict
from core.domain.errors import UserError
from core.jobs import JobContext
from core.services.decisions import add_class, decide
from core.services.few_shot.from_history import list_supplies, pick_shots, train_from_history
from core.services.lots import list_items, open_lot
from core.services.workspace import Workspace
from tests.core.services.few_shot.shots import write_shots


@pytest.fixture
def decided(tmp_path):
    """A lot of nine images: three false, three of a class, three undecided."""
    folder = write_shots(tmp_path / "lot", 3) / "images"
    with Workspace.open(tmp_path / "home", reviewer="mei") as workspace:
        lot_id = open_lot(workspace, folder, JobContext())
        items = {item.record.name: item for item in list_items(workspace, lot_id)}
        bridge = add_class(workspace, "bridge")
        decide(workspace, [items[f"normal{n}.png"] for n in range(3)], verdict=Verdict.FALSE, title="False")
        squares = [items[f"square{n}.png"] for n in range(3)]
        decide(workspace, squares, verdict=Verdict.REAL, class_id=bridge.id, title="bridge")
        yield workspace, lot_id


def test_decisions_are_a_supply_of_shots(decided):
    workspace, lot_id = decided
    found = [(one.label, one.images, one.masked) for one in list_supplies(workspace, lot_id)]
    assert found == [("normal", 3, 0), ("bridge", 3, 0)]
    assert list_supplies(workspace, None) == list_supplies(workspace, lot_id)


def test_shots_are_spread_and_bounded(decided):
    workspace, lot_id = decided
    shots = pick_shots(workspace, lot_id, ["normal", "bridge"], 2)
    assert sorted((shot.label, shot.record.name) for shot in shots) == [
        ("bridge", "square0.png"),
        ("bridge", "square2.png"),
        ("normal", "normal0.png"),
        ("normal", "normal2.png"),
    ]
    assert pick_shots(workspace, lot_id, ["bridge"], 9)[0].label == "bridge"


def test_without_a_detection_there_are_no_masks_and_the_sentence_says_so(decided):
    workspace, lot_id = decided
    with pytest.raises(UserError, match="has a mask"):
        train_from_history(workspace, lot_id, ["normal", "bridge"], 3, "cpu", JobContext())
