import io
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from core.jobs import JobContext


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real images that the project may test with but not carry."""
    sibling = Path(__file__).resolve().parents[4] / "shared"
    folder = Path(os.environ.get("RESIDUA_SHARED", sibling)) / "data"
    if not folder.is_dir():
        pytest.skip("the real SEM images are not on this machine (set RESIDUA_SHARED)")
    return folder


@pytest.fixture
def ctx() -> JobContext:
    return JobContext()


@pytest.fixture(scope="session")
def gray8():
    noise = np.random.default_rng(1).integers(0, 256, (61, 83), np.uint8)
    return cv2.GaussianBlur(noise, (0, 0), 2)


@pytest.fixture(scope="session")
def gray16(gray8):
    return gray8.astype(np.uint16) * 251


@pytest.fixture(scope="session")
def encode():
    """Bytes of an image file; options go to tifffile for TIFF and to Pillow otherwise."""

    def encode_as(pixels: np.ndarray, file_format: str, **options) -> bytes:
        stream = io.BytesIO()
        if file_format == "TIFF":
            tifffile.imwrite(stream, pixels, **options)
        elif pixels.dtype == np.uint16:  # Pillow writes no 16-bit colour
            return cv2.imencode(".png", pixels[..., ::-1] if pixels.ndim == 3 else pixels)[1].tobytes()
        else:
            Image.fromarray(pixels).save(stream, file_format, **options)
        return stream.getvalue()

    return encode_as


@pytest.fixture(scope="session")
def samples(gray8, gray16, encode) -> dict[str, bytes]:
    """One small valid file of every kind that is read."""
    rgb = np.dstack([gray8, gray8[::-1], gray8])
    palette = io.BytesIO()
    Image.fromarray(gray8).convert("P").save(palette, "TIFF")
    bilevel = io.BytesIO()
    Image.fromarray(gray8).convert("1").save(bilevel, "TIFF")
    return {
        "png 8": encode(gray8, "PNG"),
        "png 16": encode(gray16, "PNG"),
        "png 16 rgb": encode(rgb.astype(np.uint16) * 200, "PNG"),
        "jpeg": encode(gray8, "JPEG"),
        "jpeg rgb progressive": encode(rgb, "JPEG", progressive=True, comment=b"remark"),
        "bmp": encode(gray8, "BMP"),
        "bmp rgb": encode(rgb, "BMP"),
        "tiff": encode(gray8, "TIFF", photometric="minisblack"),
        "tiff 16 big-endian": encode(gray16, "TIFF", photometric="minisblack", byteorder=">"),
        "tiff lzw strips": encode(gray8, "TIFF", compression="lzw", predictor=True, rowsperstrip=8),
        "tiff 16 deflate": encode(gray16, "TIFF", compression="deflate", predictor=True),
        "tiff packbits": encode(gray8, "TIFF", compression="packbits", rowsperstrip=7),
        "tiff jpeg": encode(gray8, "TIFF", compression="jpeg"),
        "tiff tiles": encode(gray8, "TIFF", tile=(32, 32), compression="lzw"),
        "bigtiff": encode(gray8, "TIFF", bigtiff=True),
        "tiff planar": encode(np.moveaxis(rgb, -1, 0), "TIFF", photometric="rgb", planarconfig="separate"),
        "tiff stack": encode(np.stack([gray8, gray8, gray8]), "TIFF", photometric="minisblack"),
        "tiff palette": palette.getvalue(),
        "tiff 1 bit": bilevel.getvalue(),
    }
