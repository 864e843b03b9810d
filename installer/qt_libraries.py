"""The system libraries that Qt needs on Linux, and whether there is a display to open a window on."""

import os
import subprocess
import sys

from environment import PYTHON, SetupError, apt_install

_HEADLESS = ("libgl1", "libegl1", "libglib2.0-0", "libdbus-1-3", "libfontconfig1", "libxkbcommon0")
_FONTS = ("fonts-dejavu-core",)  # PySide6 ships none
_X11 = ("libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-shape0", "libxkbcommon-x11-0")

# Loads what the app will load; the loader's message names the first library that is missing.
_LOAD = """
import ctypes, pathlib, sys
from PySide6 import QtGui, QtWidgets
plugins = pathlib.Path(QtGui.__file__).parent / "Qt" / "plugins" / "platforms"
for name in sys.argv[1:]:
    ctypes.CDLL(str(plugins / name))
"""
_CONNECT = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"


def ensure() -> None:
    """Make sure that Qt can be loaded.

    Raises:
        SetupError: a library is missing and we may not install it; says which packages bring it.
    """
    if not sys.platform.startswith("linux") or not _missing_library():
        return
    packages = (*_HEADLESS, *_FONTS, *(_X11 if "DISPLAY" in os.environ else ()))
    if apt_install(*packages) and not _missing_library():
        return
    raise SetupError(
        f"Qt cannot start ({_missing_library()}). Run: sudo apt-get install -y {' '.join(packages)}"
    )


def has_display() -> bool:
    """Whether a window can be opened; a DISPLAY that nobody answers counts as none."""
    if not sys.platform.startswith("linux"):
        return True
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    return _python(_CONNECT).returncode == 0


def _missing_library() -> str:
    plugins = ["libqoffscreen.so", *(["libqxcb.so"] if "DISPLAY" in os.environ else [])]
    loaded = _python(_LOAD, *plugins)
    return loaded.stderr.strip().splitlines()[-1] if loaded.returncode else ""


def _python(program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [str(PYTHON), "-c", program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)
