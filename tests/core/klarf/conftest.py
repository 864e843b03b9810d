import os
from pathlib import Path

import pytest

_SAMPLES = Path(os.environ.get("RESIDUA_TEST_DATA", Path(__file__).parents[4] / "shared" / "data")) / "klarf"


@pytest.fixture
def samples() -> Path:
    if not _SAMPLES.is_dir():
        pytest.skip("the KLARF samples are not on this machine")
    return _SAMPLES
