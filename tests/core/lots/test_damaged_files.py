"""Whatever is in a file: pixels of the recorded size or a sentence, never a crash, a hang or half an image."""

import io
import struct
import zlib

import numpy as np
import pytest
from tifffile import TiffFile

from core.domain.errors import UserError
from core.lots.lot import read_lot
from core.lots.pixels import read_pixels

SAMPLES = [
    "png 8", "png 16", "png 16 rgb", "jpeg", "jpeg rgb progressive", "bmp", "bmp rgb", "tiff",
    "tiff 16 big-endian", "tiff lzw strips", "tiff 16 deflate", "tiff packbits", "tiff jpeg", "tiff tiles",
    "bigtiff", "tiff planar", "tiff stack", "tiff palette", "tiff 1 bit",
]  # fmt: skip
UNUSED_TAIL_BYTES = {"tiff stack": 16}  # the writer's own, which no page points to


def png_of(width: int, height: int, raw: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def reasons_of(path, ctx) -> list[str]:
    lot = read_lot(path, ctx)
    assert not lot.images
    return [failure.reason for failure in lot.failures]


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_sample_is_read_when_it_is_whole(sample, samples, tmp_path, ctx):
    path = tmp_path / "image.dat"
    path.write_bytes(samples[sample])
    lot = read_lot(path, ctx)
    assert [read_pixels(record).shape for record in lot.images] == [(61, 83)] * len(lot.images)
    assert lot.images
    assert not lot.failures


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_truncated_file_never_passes(sample, samples, tmp_path, ctx):
    path = tmp_path / "image.dat"
    whole = samples[sample]
    path.write_bytes(whole)
    (record, *_) = read_lot(path, ctx).images
    end = len(whole) - UNUSED_TAIL_BYTES.get(sample, 0)
    for cut in [*range(1, 40), *np.linspace(40, end - 2, 60, dtype=int), end - 1]:
        path.write_bytes(whole[:cut])
        assert read_lot(path, ctx).failures, f"{cut} of {len(whole)} bytes pass"
        with pytest.raises(UserError, match="changed"):
            read_pixels(record)


@pytest.mark.parametrize("sample", SAMPLES)
def test_mutants_yield_pixels_of_the_recorded_size_or_a_reason(sample, samples, tmp_path, ctx):
    rng = np.random.default_rng(SAMPLES.index(sample))
    path = tmp_path / "image.dat"
    for _ in range(120):
        path.write_bytes(mutate(samples[sample], rng))
        lot = read_lot(path, ctx)
        assert lot.images or lot.failures
        for record in lot.images:
            assert read_pixels(record).shape == record.size_hw
            assert 0 < record.content_height <= record.size_hw[0]
        assert all(failure.reason.endswith(".") for failure in lot.failures)


def mutate(whole: bytes, rng: np.random.Generator) -> bytes:
    mutant = bytearray(whole)
    at = int(rng.integers(len(mutant)))
    match rng.integers(4):
        case 0:
            del mutant[at : at + int(rng.integers(1, 64))]
        case 1:
            mutant[at:at] = rng.bytes(int(rng.integers(1, 64)))
        case 2:  # headers stand at the front or, in TIFF, at the back
            near_end = int(rng.integers(min(len(mutant), 300)))
            mutant[near_end if rng.random() < 0.5 else -1 - near_end] = int(rng.choice([0, 1, 127, 128, 255]))
        case _:
            for _ in range(int(rng.integers(1, 6))):
                mutant[int(rng.integers(len(mutant)))] = int(rng.integers(256))
    return bytes(mutant) or b"\0"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty."),
        (b"hello", "The file is not a PNG, TIFF, BMP or JPEG image."),
        (b"\0" * 4096, "The file is not a PNG, TIFF, BMP or JPEG image."),
        (b"%PDF-1.7", "The file is not a PNG, TIFF, BMP or JPEG image."),
        (b"II*\0\0\0\0\0", "The TIFF file holds no page."),
        (png_of(20000, 20000, b""), "The image is 400 Mpx (20000 × 20000); the limit is 64 Mpx."),
        (png_of(8001, 8000, b""), "The image is 64 Mpx (8001 × 8000); the limit is 64 Mpx."),
    ],
)
def test_the_reason_is_a_sentence(content, reason, tmp_path, ctx):
    path = tmp_path / "image.png"
    path.write_bytes(content)
    assert reasons_of(path, ctx) == [reason]


def test_a_png_that_inflates_beyond_its_size_is_refused(tmp_path, ctx):
    path = tmp_path / "bomb.png"
    path.write_bytes(png_of(100, 100, bytes(50_000_000)))
    assert reasons_of(path, ctx) == ["The PNG data is damaged: its pixels do not end where they should."]


@pytest.mark.parametrize(("compression", "dtype"), [("deflate", np.uint8), (None, np.uint16)])
def test_a_huge_tiff_is_refused_by_its_header(compression, dtype, tmp_path, ctx, gray8, encode):
    whole = bytearray(encode(gray8.astype(dtype), "TIFF", compression=compression))
    at = whole.index(struct.pack("<HHII", 256, 4, 1, 83))
    struct.pack_into("<I", whole, at + 8, 2_000_000)
    path = tmp_path / "huge.tif"
    path.write_bytes(whole)
    assert reasons_of(path, ctx) == ["The image is 122 Mpx (2000000 × 61); the limit is 64 Mpx."]


def test_a_huge_jpeg_is_refused_by_its_header(tmp_path, ctx, gray8, encode):
    whole = bytearray(encode(gray8, "JPEG"))
    struct.pack_into(">HH", whole, whole.index(b"\xff\xc0") + 5, 65000, 65000)
    path = tmp_path / "huge.jpg"
    path.write_bytes(whole)
    assert reasons_of(path, ctx) == ["The image is 4225 Mpx (65000 × 65000); the limit is 64 Mpx."]


@pytest.mark.parametrize(
    ("dtype", "kind"), [(np.float32, "32-bit floating point"), (np.int16, "16-bit signed integers")]
)
def test_pixels_without_a_native_unsigned_form_are_refused(dtype, kind, tmp_path, ctx, gray8, encode):
    path = tmp_path / "scores.tif"
    path.write_bytes(encode(gray8.astype(dtype), "TIFF"))
    assert reasons_of(path, ctx) == [f"Its pixels are {kind}. Export the image as 8 or 16 bit."]


def test_one_damaged_page_fails_alone(tmp_path, ctx, gray8, encode):
    frames = np.stack([gray8, gray8[::-1], gray8])
    whole = encode(frames, "TIFF", compression="deflate", photometric="minisblack")
    with TiffFile(io.BytesIO(whole)) as tiff:
        at = tiff.pages[1].dataoffsets[0] + 100
    path = tmp_path / "stack.tif"
    path.write_bytes(whole[:at] + bytes(50) + whole[at + 50 :])
    lot = read_lot(path, ctx)
    assert [record.name for record in lot.images] == ["stack.tif#page=1", "stack.tif#page=3"]
    assert [failure.name for failure in lot.failures] == ["stack.tif#page=2"]


def test_nothing_is_written_to_the_terminal(tmp_path, ctx, samples, capfd):
    for number, (sample, whole) in enumerate(samples.items()):
        path = tmp_path / f"{number}.dat"
        path.write_bytes(whole[: len(whole) // 2])
        assert read_lot(path, ctx).failures, sample
    assert capfd.readouterr() == ("", "")
