"""The engine runs on servers without Qt: nothing in core may pull it in, not even through a library."""

import subprocess
import sys

_IMPORT_ALL_OF_CORE = """
import importlib, pkgutil, sys
import core
names = [module.name for module in pkgutil.walk_packages(core.__path__, "core.")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
print(len(names), sorted(name for name in sys.modules if name.split(".")[0] in {"PySide6", "shiboken6", "pyqtgraph"}))
"""


def test_importing_all_of_core_leaves_qt_out() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT_ALL_OF_CORE], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    count, _, qt_modules = done.stdout.strip().partition(" ")
    assert int(count) > 30
    assert qt_modules == "[]"
