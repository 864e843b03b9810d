import io

import numpy as np
import pytest
import tifffile

from core.domain.lots import PixelSize
from core.lots.lot import read_lot
from core.lots.pixels import read_pixels

FEI_TAG = 34682
ZEISS_TAG = 34118
FEI_TEXT = """[User]
UserText=
[Scan]
PixelWidth=1.5e-09
PixelHeight=1.5e-09
[Image]
ResolutionX={width}
ResolutionY={rows}
[PrivateFei]
DatabarHeight={bar}
"""


@pytest.fixture
def record_with(tmp_path, ctx):
    def record(tag: int, text: str, shape=(120, 160)):
        path = tmp_path / "sem.tif"
        pixels = np.full(shape, 90, np.uint8)
        extra = [(tag, "s", len(text.encode("cp1252")) + 1, text.encode("cp1252"), True)]
        tifffile.imwrite(path, pixels, extratags=extra, metadata=None)
        (only,) = read_lot(path, ctx).images
        return only

    return record


@pytest.mark.parametrize(
    ("name", "pixel_size", "content_height"),
    [
        ("FEI-Helios-Ebeam-8bits.tif", PixelSize(3372.4, "FEI"), 442),
        ("FEI-Helios-Ebeam-16bits.tif", PixelSize(3372.4, "FEI"), 442),
        ("test_tiff_Zeiss_SEM_1k.tif", PixelSize(2615.0, "Zeiss"), 691),
    ],
)
def test_real_sem_files(name, pixel_size, content_height, shared_data, ctx):
    path = shared_data / "sem_tiff" / name
    (record,) = read_lot(path, ctx).images
    assert record.pixel_size is not None
    assert record.pixel_size.source == pixel_size.source
    assert record.pixel_size.nm == pytest.approx(pixel_size.nm)
    assert record.content_height == content_height
    stored = tifffile.imread(path)
    assert record.bit_depth == stored.dtype.itemsize * 8
    np.testing.assert_array_equal(read_pixels(record), stored)  # the Zeiss palette is a plain gray ramp


def test_fei_gives_pixel_size_and_specimen_rows(record_with):
    record = record_with(FEI_TAG, FEI_TEXT.format(width=160, rows=100, bar=20))
    assert record.pixel_size is not None
    assert record.pixel_size.nm == pytest.approx(1.5)
    assert record.content_height == 100


@pytest.mark.parametrize(
    ("rows", "bar", "expected"), [("", 20, 100), (0, 20, 100), (121, 200, 120), ("", "", 120)]
)
def test_fei_rows_that_cannot_be_are_not_believed(rows, bar, expected, record_with):
    assert record_with(FEI_TAG, FEI_TEXT.format(width=160, rows=rows, bar=bar)).content_height == expected


def test_fei_figures_of_a_resampled_image_are_not_believed(record_with):
    record = record_with(FEI_TAG, FEI_TEXT.format(width=320, rows=100, bar=20))
    assert (record.pixel_size, record.content_height) == (None, 120)


@pytest.mark.parametrize("metres", ["0", "-1e-9", "nan", "inf", "1e999", "", "x"])
def test_an_fei_pixel_size_that_is_none_stays_blank(metres, record_with):
    text = FEI_TEXT.format(width=160, rows=100, bar=20).replace("PixelWidth=1.5e-09", f"PixelWidth={metres}")
    assert record_with(FEI_TAG, text).pixel_size is None


@pytest.mark.parametrize(
    ("size", "nm"),
    [
        ("2.5 nm", 2.5),
        ("2.5 µm", 2500.0),
        ("2.5 um", 2500.0),
        ("800 pm", 0.8),
        ("0 nm", None),
        ("2.5 V", None),
    ],
)
def test_zeiss_gives_the_pixel_size_with_its_unit(size, nm, record_with):
    record = record_with(ZEISS_TAG, f"0\r\nAP_PIXEL_SIZE\r\nPixel Size = {size}\r\n")
    assert record.pixel_size == (None if nm is None else PixelSize(nm, "Zeiss"))


def test_zeiss_size_in_the_saved_image_goes_before_that_of_the_scan(record_with):
    text = "0\r\nAP_PIXEL_SIZE\r\nPixel Size = 2 nm\r\nAP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = 4 nm\r\n"
    record = record_with(ZEISS_TAG, text)
    assert record.pixel_size == PixelSize(4.0, "Zeiss")


def test_without_metadata_the_pixel_size_is_blank(tmp_path, ctx):
    path = tmp_path / "plain.tif"
    stream = io.BytesIO()
    tifffile.imwrite(stream, np.zeros((20, 30), np.uint8), resolution=(300, 300), resolutionunit="INCH")
    path.write_bytes(stream.getvalue())
    (record,) = read_lot(path, ctx).images
    assert record.pixel_size is None
