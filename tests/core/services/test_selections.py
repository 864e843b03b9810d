from core.domain.decisions import Verdict
from core.jobs import JobContext
from core.services.decisions import decide
from core.services.lots import find_or_open_lot, list_items, list_lots, open_lot


def test_loose_files_are_a_lot_beside_that_of_their_folder(workspace, folder):
    lot_id = open_lot(workspace, folder, JobContext())
    (first, *_) = list_items(workspace, lot_id)
    decide(workspace, [first], verdict=Verdict.REAL, title="Real")
    b, c = folder / "sub" / "b.png", folder / "sub" / "c.png"
    two = open_lot(workspace, [b, c], JobContext())
    other = open_lot(workspace, [folder / "a.png", b], JobContext())
    assert len({lot_id, two, other}) == 3
    assert open_lot(workspace, [c, b], JobContext()) == two
    assert [item.record.name for item in list_items(workspace, two)] == ["b.png", "c.png"]
    assert [lot.decided for lot in list_lots(workspace) if lot.id == lot_id] == [1]
    assert find_or_open_lot(workspace, "sub (selection of 2)", JobContext()) == two
