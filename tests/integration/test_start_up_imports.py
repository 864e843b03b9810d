"""The window and the command line are there at once: torch takes seconds and is imported by the jobs that need it."""

import subprocess
import sys

import pytest

_SLOW = {"torch", "timm", "torchvision", "sklearn"}


@pytest.mark.parametrize("module", ["app.composition", "core.cli"])
def test_starting_imports_no_slow_library(module: str) -> None:
    program = f"import sys, {module}\nprint(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not _SLOW & set(done.stdout.split())
