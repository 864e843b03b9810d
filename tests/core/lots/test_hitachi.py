"""What Hitachi's SEMs write beside an image."""

import codecs
import os

import cv2
import numpy as np
import pytest
import tifffile

from core.domain.lots import PixelSize
from core.lots.lot import read_lot

TEXT = (
    "[SemImageFile]\r\nInstructName=TM3000\r\nSerialNumber=103\r\nMagnification=40\r\nPixelSize={nm}\r\n"
    "DataSize={size}\r\nFormat=TIF\r\n"
)


@pytest.fixture
def image(tmp_path):
    pixels = np.random.default_rng(0).integers(60, 190, (120, 160), dtype=np.uint8)
    tifffile.imwrite(tmp_path / "sem.tif", pixels, metadata=None)
    return tmp_path / "sem.tif"


def record_of(image, ctx):
    (record,) = read_lot(image, ctx).images
    return record


def test_pixel_size_and_specimen_rows_come_from_the_file_beside_the_image(image, ctx):
    image.with_suffix(".txt").write_text(TEXT.format(nm="24.80469", size="160x100"))
    record = record_of(image, ctx)
    assert record.pixel_size == PixelSize(24.80469, "Hitachi")
    assert record.content_height == 100


def test_it_may_be_utf_16_of_another_case_and_of_another_kind_of_image(tmp_path, ctx):
    picture = tmp_path / "a.jpg"
    picture.write_bytes(cv2.imencode(".jpg", np.full((120, 160), 90, np.uint8))[1].tobytes())
    text = TEXT.format(nm="4.96", size="160X120").replace("PixelSize", "pixelsize")
    (tmp_path / "a.TXT").write_bytes(codecs.BOM_UTF16_LE + text.encode("utf-16-le"))
    assert record_of(picture, ctx).pixel_size == PixelSize(4.96, "Hitachi")


@pytest.mark.parametrize("nm", ["", "0", "-3", "nan", "inf", "1e999", "x"])
def test_a_size_that_is_none_stays_blank(image, ctx, nm):
    image.with_suffix(".txt").write_text(TEXT.format(nm=nm, size="160x120"))
    assert record_of(image, ctx).pixel_size is None


@pytest.mark.parametrize(("size", "rows"), [("", 120), ("160x", 120), ("160x30", 120), ("160x500", 120)])
def test_rows_that_cannot_be_are_not_believed(image, ctx, size, rows):
    image.with_suffix(".txt").write_text(TEXT.format(nm="5", size=size))
    record = record_of(image, ctx)
    assert (record.pixel_size, record.content_height) == (PixelSize(5.0, "Hitachi"), rows)


def test_a_resampled_image_has_no_known_size(image, ctx):
    image.with_suffix(".txt").write_text(TEXT.format(nm="5", size="320x240"))
    assert record_of(image, ctx).pixel_size is None


@pytest.mark.parametrize(
    "content", [b"", b"PixelSize=5\n", b"[Scan]\nPixelSize=5\n", b"[SemImageFile]" + b" " * 70_000]
)
def test_any_other_text_beside_an_image_is_left_alone(image, ctx, content):
    image.with_suffix(".txt").write_bytes(content)
    assert record_of(image, ctx).pixel_size is None


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_is_not_followed(image, ctx, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x.txt").write_text(TEXT.format(nm="5", size="160x120"))
    image.with_suffix(".txt").symlink_to(tmp_path / "elsewhere" / "x.txt")
    assert record_of(image, ctx).pixel_size is None


def test_the_tags_of_the_image_go_before_the_file_beside_it(tmp_path, ctx):
    tag = "[Scan]\nPixelWidth=1.5e-09\n[Image]\nResolutionX=160\nResolutionY=100\n"
    extra = [(34682, "s", len(tag) + 1, tag.encode(), True)]
    tifffile.imwrite(tmp_path / "f.tif", np.full((120, 160), 90, np.uint8), extratags=extra, metadata=None)
    (tmp_path / "f.txt").write_text(TEXT.format(nm="5", size="160x120"))
    assert record_of(tmp_path / "f.tif", ctx).pixel_size.source == "FEI"
