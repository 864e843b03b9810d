import cv2
import numpy as np
import pytest

from core.services.workspace import Workspace


@pytest.fixture
def folder(tmp_path):
    """Three images in two folders, one of them 16-bit, and one that is broken."""
    root = tmp_path / "lot ü"
    (root / "sub").mkdir(parents=True)
    rng = np.random.default_rng(0)
    for name, depth in (("a.png", np.uint8), ("sub/b.png", np.uint8), ("sub/c.png", np.uint16)):
        image = rng.integers(0, np.iinfo(depth).max, (72, 96)).astype(depth)
        (root / name).write_bytes(cv2.imencode(".png", image)[1].tobytes())
    (root / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    return root


@pytest.fixture
def workspace(tmp_path):
    with Workspace.open(tmp_path / "home", reviewer="mei") as opened:
        yield opened
