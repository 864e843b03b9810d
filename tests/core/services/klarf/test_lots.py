from pathlib import Path

import numpy as np
import pytest

from core.domain.errors import UserError
from core.jobs import JobContext
from core.lots import read_gray, read_pixels
from core.services.klarf.lots import is_klarf_source, read_source
from core.services.lots import open_lot
from core.services.workspace import Workspace
from tests.core.klarf.files import ROWS, flat


def test_pages_of_a_stack_are_the_images_of_their_defects(flat_lot: Path) -> None:
    lot = read_source(flat_lot, JobContext())
    assert [record.name for record in lot.images] == ["s.tif#page=1", "s.tif#page=2"]
    assert [record.page for record in lot.images] == [0, 1]
    assert lot.failures == ()
    assert (lot.name, lot.source, lot.root) == ("lot", flat_lot, flat_lot.parent)
    assert lot.sites is not None
    assert dict(lot.sites.defect_of) == {"s.tif#page=1": 0, "s.tif#page=2": 1}
    assert lot.sites.class_names == {0: "Unclassified", 5: "Bridge"}
    assert len(lot.sites.defects) == 3


def test_a_reference_page_is_read_as_the_reference(flat_lot: Path) -> None:
    first, second = read_source(flat_lot, JobContext()).images
    assert first.reference is None
    assert second.reference == flat_lot.parent / "s.tif#page=3"
    pages = [read_pixels(first), read_pixels(second), read_gray(second.reference)]
    assert not np.array_equal(pages[1], pages[2])


def test_files_of_their_own_and_another_suffix(nested_lot: Path) -> None:
    lot = read_source([nested_lot], JobContext())
    assert [record.name for record in lot.images] == ["lot_1.tif#page=1", "shots/d3.jpg"]
    assert lot.images[0].reference == nested_lot.parent / "lot_1.tif#page=2"
    assert lot.sites is not None
    assert list(lot.sites.defect_of.values()) == [0, 2]


def test_references_of_ones_own_go_before(flat_lot: Path) -> None:
    golden = flat_lot.parent.parent / "golden.tif"
    golden.write_bytes((flat_lot.parent / "s.tif").read_bytes())
    lot = read_source(flat_lot, JobContext(), golden)
    assert {record.reference for record in lot.images} == {golden}


def test_what_cannot_be_opened_is_listed_with_its_reason(flat_lot: Path) -> None:
    (flat_lot.parent.parent / "outside.tif").write_bytes(b"x")
    flat_lot.write_text(flat(stack="../outside.tif"))
    lot = read_source(flat_lot, JobContext())
    assert lot.images == ()
    assert len(lot.failures) == 2
    assert all("is refused: it leads out of the folder" in failure.reason for failure in lot.failures)
    flat_lot.write_text(flat(stack="gone.tif"))
    assert {failure.reason for failure in read_source(flat_lot, JobContext()).failures} == {
        "The image “gone.tif” is not there."
    }


def test_pages_that_are_not_there_and_numbers_that_are_none(flat_lot: Path) -> None:
    rows = (
        ROWS[0].replace(" 1 1 0", " 1 9 0"),
        ROWS[1].replace(" 2 30 3 31", " 0 30 3 31"),
        " 3 500 600 1 0 0.5 0 1 1 1 3 31",
    )
    flat_lot.write_text(flat(rows))
    reasons = [failure.reason for failure in read_source(flat_lot, JobContext()).failures]
    assert reasons[0] == "The file has no page 9; it has 3."
    assert "pages count from 1" in reasons[1]
    assert "no image of its own" in reasons[2]


def test_defects_that_share_an_image_are_two_images(flat_lot: Path) -> None:
    flat_lot.write_text(flat((ROWS[0], ROWS[1].replace(" 2 30 3 31", " 1 30 3 31"), ROWS[2])))
    assert [record.name for record in read_source(flat_lot, JobContext()).images] == [
        "s.tif#page=1",
        "s.tif#page=1#defect=2",
    ]


def test_a_file_that_claims_to_be_a_klarf_and_is_broken_is_refused_with_its_line(flat_lot: Path) -> None:
    flat_lot.write_text(flat((*ROWS[:2], ROWS[2] + " 7")))
    with pytest.raises(UserError, match=r"lot\.001, line 21, column 2"):
        read_source(flat_lot, JobContext())


def test_other_sources_are_what_they_were(flat_lot: Path, tmp_path: Path) -> None:
    assert is_klarf_source(flat_lot)
    assert not is_klarf_source(flat_lot.parent / "s.tif")
    assert not is_klarf_source(tmp_path)
    lot = read_source(flat_lot.parent / "s.tif", JobContext())
    assert lot.sites is None
    assert len(lot.images) == 3


def test_the_history_keeps_defects_and_wafers(workspace: Workspace, flat_lot: Path, nested_lot: Path) -> None:
    for path in (flat_lot, nested_lot):
        lot = read_source(path, JobContext())
        lot_id = open_lot(workspace, path, JobContext())
        assert open_lot(workspace, path, JobContext()) == lot_id  # again, over what is there
        kept = workspace.history.sites(lot_id)
        assert kept is not None
        assert lot.sites is not None
        assert (kept.file_sha256, kept.class_names, dict(kept.defect_of)) == (
            lot.sites.file_sha256,
            lot.sites.class_names,
            dict(lot.sites.defect_of),
        )
        assert [plan.to_json() for plan in kept.wafers] == [plan.to_json() for plan in lot.sites.wafers]
        for name in ("die_xy", "in_die_um", "on_wafer_um", "size_um", "class_numbers", "wafers"):
            assert np.array_equal(
                getattr(kept.defects, name), getattr(lot.sites.defects, name), equal_nan=True
            )
        assert kept.defects.defect_ids == ("1", "2", "3")


def test_a_lot_of_a_folder_has_no_sites(workspace: Workspace, nested_lot: Path) -> None:
    lot_id = open_lot(workspace, nested_lot.parent / "shots", JobContext())
    assert workspace.history.sites(lot_id) is None


def test_samples_open_as_lots_though_their_images_are_elsewhere(workspace: Workspace, samples: Path) -> None:
    for path in sorted(samples.iterdir()):
        if not path.name.startswith("bad"):
            lot_id = open_lot(workspace, path, JobContext())
            sites = workspace.history.sites(lot_id)
            assert sites is not None
            assert len(sites.defects) > 0
