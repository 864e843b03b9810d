"""The demo wafers are lots like any other KLARF."""

from pathlib import Path

import pytest

from core.domain.errors import UserError
from core.jobs import JobContext
from core.services.demo_wafers import FIRST_WAFER, write_demo_wafers
from core.services.klarf.lots import read_source


def test_each_wafer_has_an_image_of_each_shot_and_sites_beside(tmp_path: Path) -> None:
    folder = write_demo_wafers(tmp_path / "wafers", JobContext())
    for name in (FIRST_WAFER, "W02.001"):
        lot = read_source(folder / name, JobContext())
        assert len(lot.images) == 8
        assert not lot.failures
        assert lot.sites is not None
        assert len(lot.sites.defects) > 60


def test_the_wafers_are_the_same_each_time(tmp_path: Path) -> None:
    first, again = (write_demo_wafers(tmp_path / name, JobContext()) for name in ("first", "again"))
    for name in ("W01.001", "W01.tif", "W02.001", "W02.tif"):
        assert (first / name).read_bytes() == (again / name).read_bytes()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(UserError, match="taken"):
        write_demo_wafers(tmp_path / "taken", JobContext())
