import os
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile

from core.services.workspace import Workspace
from tests.core.klarf.files import flat, nested

_SHARED = Path(os.environ.get("RESIDUA_SHARED", Path(__file__).resolve().parents[5] / "shared"))


def _picture(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(60, 190, (48, 64), dtype=np.uint8)


@pytest.fixture
def flat_lot(tmp_path: Path) -> Path:
    """Two defects on three pages of a stack, the third page a reference; a third defect without an image."""
    folder = tmp_path / "flat"
    folder.mkdir()
    tifffile.imwrite(
        folder / "s.tif", np.stack([_picture(page) for page in range(3)]), photometric="minisblack"
    )
    (folder / "lot.001").write_text(flat(), newline="")
    return folder / "lot.001"


@pytest.fixture
def nested_lot(tmp_path: Path) -> Path:
    """A defect on a stack with its reference, one without an image, one with a file of its own."""
    folder = tmp_path / "nested"
    (folder / "shots").mkdir(parents=True)
    with tifffile.TiffWriter(folder / "lot_1.tif") as stack:
        for page in range(2):
            stack.write(_picture(page))
    (folder / "shots" / "d3.jpg").write_bytes(cv2.imencode(".jpg", _picture(5))[1].tobytes())
    (folder / "lot.klarf").write_text(nested(), newline="")
    return folder / "lot.klarf"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "home", reviewer="mk") as opened:
        yield opened


@pytest.fixture
def samples() -> Path:
    folder = _SHARED / "data" / "klarf"
    if not folder.is_dir():
        pytest.skip("the KLARF samples are not on this machine (set RESIDUA_SHARED)")
    return folder
