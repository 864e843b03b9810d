import os
from pathlib import Path

import pytest

_SHARED = Path(os.environ.get("RESIDUA_SHARED", Path(__file__).resolve().parents[4] / "shared"))


@pytest.fixture
def samples() -> Path:
    folder = _SHARED / "data" / "klarf"
    if not folder.is_dir():
        pytest.skip("the KLARF samples are not on this machine (set RESIDUA_SHARED)")
    return folder
