import io

import numpy as np
import pytest
import tifffile
from PIL import Image

from core.domain.errors import UserError
from core.lots import content
from core.lots.lot import read_lot
from core.lots.pixels import read_gray, read_pixels


@pytest.fixture
def load(tmp_path, ctx):
    def load_bytes(stored: bytes, name: str = "image.dat"):
        path = tmp_path / name
        path.write_bytes(stored)
        lot = read_lot(path, ctx)
        assert not lot.failures
        return lot.images

    return load_bytes


@pytest.mark.parametrize("file_format", ["PNG", "BMP", "TIFF"])
def test_8_bit_gray_comes_back_as_it_was(file_format, load, gray8, encode):
    (record,) = load(encode(gray8, file_format))
    assert record.bit_depth == 8
    np.testing.assert_array_equal(read_pixels(record), gray8)


@pytest.mark.parametrize("file_format", ["PNG", "TIFF"])
def test_16_bit_gray_comes_back_as_it_was(file_format, load, gray16, encode):
    (record,) = load(encode(gray16, file_format))
    assert record.bit_depth == 16
    np.testing.assert_array_equal(read_pixels(record), gray16)


def test_12_bit_in_16_is_not_rescaled(load, gray8, encode):
    twelve = gray8.astype(np.uint16) * 16
    (record,) = load(encode(twelve, "TIFF"))
    np.testing.assert_array_equal(read_pixels(record), twelve)


def test_jpeg_is_close(load, gray8, encode):
    (record,) = load(encode(gray8, "JPEG", quality=95))
    assert np.abs(read_pixels(record).astype(int) - gray8).max() < 12


@pytest.mark.parametrize("file_format", ["PNG", "BMP", "TIFF"])
def test_gray_stored_as_colour_is_the_same_gray(file_format, load, gray8, encode):
    (record,) = load(encode(np.dstack([gray8] * 3), file_format))
    np.testing.assert_array_equal(read_pixels(record), gray8)


@pytest.mark.parametrize("file_format", ["PNG", "TIFF"])
def test_16_bit_colour_keeps_its_depth_and_becomes_luma(file_format, load, gray16, encode):
    red_only = np.dstack([gray16, np.zeros_like(gray16), np.zeros_like(gray16)])
    (record,) = load(encode(red_only, file_format))
    pixels = read_pixels(record)
    assert pixels.dtype == np.uint16
    np.testing.assert_allclose(pixels, 0.299 * gray16, atol=2)


@pytest.mark.parametrize("file_format", ["PNG", "TIFF"])
def test_transparency_is_ignored(file_format, load, gray8, encode):
    transparent = np.zeros_like(gray8)
    (record,) = load(encode(np.dstack([gray8] * 3 + [transparent]), file_format))
    np.testing.assert_array_equal(read_pixels(record), gray8)


@pytest.mark.parametrize("file_format", ["PNG", "BMP", "TIFF"])
def test_a_palette_is_looked_up(file_format, load, gray8):
    image = Image.fromarray(gray8)
    image = image.convert("P")
    image.putpalette([value for index in range(256) for value in (255 - index,) * 3])
    stream = io.BytesIO()
    image.save(stream, file_format)
    (record,) = load(stream.getvalue())
    np.testing.assert_array_equal(read_pixels(record), 255 - gray8)


@pytest.mark.parametrize("file_format", ["PNG", "BMP", "TIFF"])
def test_one_bit_becomes_black_and_white(file_format, load, gray8):
    stream = io.BytesIO()
    Image.fromarray(gray8 > 127).save(stream, file_format)
    (record,) = load(stream.getvalue())
    np.testing.assert_array_equal(read_pixels(record), np.where(gray8 > 127, 255, 0))


def test_white_is_zero_is_turned_over(load, gray8, encode):
    (record,) = load(encode(gray8, "TIFF", photometric="miniswhite"))
    np.testing.assert_array_equal(read_pixels(record), 255 - gray8)


@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("compression", [None, "lzw", "deflate", "packbits"])
def test_tiff_codings_are_exact(compression, byteorder, load, gray16, encode):
    options = {"compression": compression, "byteorder": byteorder, "rowsperstrip": 9}
    (record,) = load(encode(gray16, "TIFF", **options))
    pixels = read_pixels(record)
    assert pixels.dtype.isnative
    np.testing.assert_array_equal(pixels, gray16)


def test_every_page_of_a_stack_is_its_own_image(load, gray8, encode):
    frames = np.stack([gray8, 255 - gray8, gray8 // 2])
    records = load(encode(frames, "TIFF", photometric="minisblack"), "stack.tif")
    assert [record.name for record in records] == [f"stack.tif#page={page}" for page in (1, 2, 3)]
    for record, frame in zip(records, frames, strict=True):
        np.testing.assert_array_equal(read_pixels(record), frame)


def test_a_thumbnail_page_is_no_image_of_its_own(load, gray8):
    stream = io.BytesIO()
    with tifffile.TiffWriter(stream) as writer:
        writer.write(gray8)
        writer.write(gray8[::4, ::4], subfiletype=1)
    (record,) = load(stream.getvalue(), "one.tif")
    assert (record.name, record.size_hw) == ("one.tif", gray8.shape)


def test_a_large_stack_is_read_from_disk_page_by_page(load, gray8, encode, monkeypatch):
    frames = np.stack([gray8, 255 - gray8])
    monkeypatch.setattr(content, "MAX_HELD_BYTES", frames.nbytes // 2)
    records = load(encode(frames, "TIFF", photometric="minisblack"))
    np.testing.assert_array_equal(read_pixels(records[1]), frames[1])


def test_a_reference_is_read_without_a_record(tmp_path, gray8, encode):
    path = tmp_path / "référence.png"
    path.write_bytes(encode(gray8, "PNG"))
    np.testing.assert_array_equal(read_gray(path), gray8)
    with pytest.raises(UserError, match="does not exist"):
        read_gray(tmp_path / "none.png")


def test_a_file_that_vanished_is_named(load, gray8, encode):
    (record,) = load(encode(gray8, "PNG"), "gone.png")
    record.path.unlink()
    with pytest.raises(UserError, match=r"^gone.png cannot be read: The file does not exist.$"):
        read_pixels(record)


@pytest.mark.parametrize("held", [True, False])
def test_a_file_that_changed_size_since_the_load_is_refused(held, load, gray8, encode, monkeypatch):
    (record,) = load(encode(gray8, "TIFF"))
    record.path.write_bytes(encode(gray8[:-1], "TIFF"))
    if not held:
        monkeypatch.setattr(content, "MAX_HELD_BYTES", 0)
    with pytest.raises(UserError, match="changed since the lot was loaded"):
        read_pixels(record)


def test_a_file_with_other_pixels_of_the_same_size_is_refused(load, gray8, encode):
    (record,) = load(encode(gray8, "BMP"))
    record.path.write_bytes(encode(255 - gray8, "BMP"))
    with pytest.raises(UserError, match="changed since the lot was loaded"):
        read_pixels(record)
