import struct
from pathlib import Path

import numpy as np
import pytest
import tifffile

from core.domain.lots import FailedImage, ImageRecord
from core.domain.paths import split_page, with_page
from core.jobs import JobContext
from core.lots import read_gray, read_listing, read_lot, read_pixels, records
from core.lots.content import open_content
from core.lots.sources import Entry, Listing
from core.lots.tiff_headers import read_headers


@pytest.fixture(autouse=True)
def _short_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "LONG_STACK", 20)


def write(path: Path, pages: int, *, dtype: type = np.uint8, **options: object) -> np.ndarray:
    draw = np.random.default_rng(3)
    stack = draw.integers(60, 190, (pages, 40, 56)).astype(dtype)
    with tifffile.TiffWriter(path, byteorder=options.pop("byteorder", "<")) as writer:
        for page in stack:
            writer.write(page, contiguous=False, photometric="minisblack", metadata=None, **options)
    return stack


@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_long_stack_has_the_records_of_a_decoded_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, byteorder: str, dtype: type
) -> None:
    stack = write(tmp_path / "s.tif", 30, dtype=dtype, byteorder=byteorder)
    with open_content(tmp_path / "s.tif") as stream:
        assert read_headers(stream).is_plain.all()
    listed = read_lot(tmp_path / "s.tif", JobContext())
    monkeypatch.setattr(records, "LONG_STACK", 1000)
    assert read_lot(tmp_path / "s.tif", JobContext()) == listed
    for number in (29, 0, 13):
        assert np.array_equal(read_pixels(listed.images[number]), stack[number])


def test_pages_that_headers_do_not_tell_are_decoded(tmp_path: Path) -> None:
    stack = write(tmp_path / "s.tif", 25, compression="zlib")
    lot = read_lot(tmp_path / "s.tif", JobContext())
    assert len(lot.images) == 25
    assert np.array_equal(read_pixels(lot.images[24]), stack[24])


def test_a_page_whose_strip_lies_beyond_the_end_is_listed_as_broken(tmp_path: Path) -> None:
    write(tmp_path / "s.tif", 25)
    content = bytearray((tmp_path / "s.tif").read_bytes())
    with open_content(tmp_path / "s.tif") as stream:
        header = int(read_headers(stream).offsets[7])
    tags = struct.unpack_from("<H", content, header)[0]
    for at in range(header + 2, header + 2 + 12 * tags, 12):
        if struct.unpack_from("<H", content, at)[0] == 273:
            struct.pack_into("<I", content, at + 8, len(content))
    (tmp_path / "s.tif").write_bytes(content)
    lot = read_lot(tmp_path / "s.tif", JobContext())
    assert len(lot.images) == 24
    assert [failure.name for failure in lot.failures] == ["s.tif#page=8"]


def test_pages_of_several_files_come_in_the_order_of_the_listing(tmp_path: Path) -> None:
    stack = write(tmp_path / "s.tif", 3)
    tifffile.imwrite(tmp_path / "one.tif", stack[0])
    plan = [("s.tif", 2), ("one.tif", 0), ("s.tif", 0), ("one.tif", 4), ("gone.tif", 1)]
    entries = tuple(Entry(tmp_path / name, f"{name}:{page}", page=page) for name, page in plan)
    lot = read_listing(Listing("x", tmp_path, tmp_path, entries), JobContext())
    assert [record.name for record in lot.images] == ["s.tif:2", "one.tif:0", "s.tif:0"]
    assert [failure.name for failure in lot.failures] == ["one.tif:4", "gone.tif:1"]
    assert "no page 5" in lot.failures[0].reason
    assert all(isinstance(record, ImageRecord) for record in lot.images)
    assert all(isinstance(failure, FailedImage) for failure in lot.failures)


def test_a_page_can_be_named_in_a_path(tmp_path: Path) -> None:
    stack = write(tmp_path / "s.tif", 3)
    assert np.array_equal(read_gray(with_page(tmp_path / "s.tif", 2)), stack[2])
    assert split_page(tmp_path / "s.tif") == (tmp_path / "s.tif", 0)
    odd = tmp_path / "s.tif#page=2"
    tifffile.imwrite(odd, stack[0])
    assert split_page(odd) == (odd, 0)


def test_a_stack_that_was_written_anew_is_followed_anew(tmp_path: Path) -> None:
    write(tmp_path / "s.tif", 3)
    read_gray(tmp_path / "s.tif#page=3")
    stack = write(tmp_path / "s.tif", 5, dtype=np.uint16)
    assert np.array_equal(read_gray(tmp_path / "s.tif#page=5"), stack[4])
