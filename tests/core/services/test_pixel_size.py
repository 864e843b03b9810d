"""Pixel sizes by hand: which images they reach, that reports name their source, and that they are audited."""

import sqlite3
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.domain.errors import UserError
from core.domain.lots import ImageRecord, Lot, PixelSize
from core.jobs import JobContext
from core.services.lots import list_items, open_lot
from core.services.pixel_size import give_pixel_size, list_pixel_sizes, take_pixel_size_back
from core.services.reports import query_report
from core.services.workspace import Workspace


@pytest.fixture
def workspace(tmp_path):
    with Workspace.open(tmp_path / "home", reviewer="mei") as opened:
        yield opened


@pytest.fixture
def lot_id(workspace):
    """One image whose metadata tell 2.5 nm, and one whose do not."""

    def record(name, size):
        return ImageRecord(Path("/lots") / name, name, 0, name * 8, (64, 64), 8, 64, size)

    images = (record("a.tif", PixelSize(2.5, "FEI")), record("b.tif", None))
    return workspace.history.add_lot(Lot("W07", Path("/lots"), Path("/lots"), images))


def sizes(workspace, lot_id):
    return [item.record.pixel_size for item in list_items(workspace, lot_id)]


def test_it_fills_what_the_metadata_leave_blank(workspace, lot_id):
    assert sizes(workspace, lot_id) == [PixelSize(2.5, "FEI"), None]
    give_pixel_size(workspace, lot_id, 4.0, "scale bar:  500 nm are\n125 px")
    own, given = sizes(workspace, lot_id)
    assert own == PixelSize(2.5, "FEI")
    assert given.nm == 4.0
    assert given.source.startswith("by hand: mei, 20")
    assert given.source.endswith("; scale bar: 500 nm are 125 px")
    assert [count for _, count in list_pixel_sizes(workspace, lot_id).counts] == [1, 1]


def test_it_goes_before_the_metadata_only_where_that_is_said(workspace, lot_id):
    give_pixel_size(workspace, lot_id, 4.0, overrides=True)
    assert [size.nm for size in sizes(workspace, lot_id)] == [4.0, 4.0]
    give_pixel_size(workspace, lot_id, 5.0)
    assert [size.nm for size in sizes(workspace, lot_id)] == [2.5, 5.0]


def test_it_can_be_taken_back_and_is_blank_again(workspace, lot_id):
    give_pixel_size(workspace, lot_id, 4.0)
    take_pixel_size_back(workspace, lot_id)
    assert sizes(workspace, lot_id) == [PixelSize(2.5, "FEI"), None]
    assert list_pixel_sizes(workspace, lot_id).given is None


@pytest.mark.parametrize("nm", [0.0, -1.0, float("nan"), float("inf"), 1e9])
def test_an_impossible_size_is_refused(workspace, lot_id, nm):
    with pytest.raises(UserError, match="cannot be"):
        give_pixel_size(workspace, lot_id, nm)
    assert sizes(workspace, lot_id)[1] is None


def test_it_outlives_a_second_opening_and_stands_in_the_report(workspace, tmp_path):
    (tmp_path / "lot").mkdir()
    cv2.imwrite(str(tmp_path / "lot" / "a.png"), np.full((64, 64), 9, np.uint8))
    lot_id = open_lot(workspace, tmp_path / "lot", JobContext())
    give_pixel_size(workspace, lot_id, 4.0)
    assert open_lot(workspace, tmp_path / "lot", JobContext()) == lot_id
    (item,) = query_report(workspace, lot_id, JobContext()).items
    assert item.record.pixel_size.nm == 4.0
    assert item.record.pixel_size.source.startswith("by hand: mei")


def test_a_changed_row_is_found(workspace, lot_id):
    give_pixel_size(workspace, lot_id, 4.0)
    assert workspace.history.verify_audit().ok
    with closing(sqlite3.connect(workspace.home / "history.sqlite", timeout=10)) as raw, raw:
        with pytest.raises(sqlite3.IntegrityError):
            raw.execute("UPDATE pixel_sizes SET nm = 5")
        raw.execute("DROP TRIGGER pixel_sizes_no_update")
        raw.execute("UPDATE pixel_sizes SET nm = 5")
    assert workspace.history.verify_audit().reason == "Pixel size 1 is not what was audited."
