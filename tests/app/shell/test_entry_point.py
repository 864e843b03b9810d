"""`residua`: words that are commands, machines without a display, and a window that opens before torch is there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import __main__ as entry

BUILD_WINDOW = """
import sys
import app.__main__
from pathlib import Path
from app.composition import Station, application_of
from app.preferences import Preferences
from app.settings import AppSettings, settings_path
from core.services.workspace import Workspace
application = application_of(["residua"])
with Workspace.open() as workspace:
    station = Station(workspace, Preferences(settings_path(), AppSettings()))
    station.window.show()
    application.processEvents()
    heavy = {"torch", "scipy", "timm", "sklearn"} & set(sys.modules)
    assert not heavy, heavy
    station.window.close()
"""


@pytest.mark.parametrize(
    ("environment", "platform", "expected"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"QT_QPA_PLATFORM": "offscreen"}, "linux", True),
        ({}, "win32", True),
        ({}, "darwin", True),
    ],
)
def test_where_there_is_a_display(environment: dict[str, str], platform: str, expected: bool) -> None:
    assert entry.has_display(environment, platform) is expected


def test_without_a_display_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(entry, "has_display", lambda environment, platform: False)
    assert entry.main(["some/lot"]) == 2
    assert "residua detect" in capsys.readouterr().err


def test_commands_never_import_qt(tmp_path: Path) -> None:
    code = "import sys; from app.__main__ import main; sys.argv = ['residua', 'detect', '--help']\n"
    code += "try:\n    main()\nfinally:\n    assert 'PySide6' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "--out" in done.stdout


def test_the_window_is_there_before_torch(tmp_path: Path) -> None:
    environment = {**os.environ, "RESIDUA_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", BUILD_WINDOW], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr


def test_two_windows_on_one_home_are_refused_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from core.services.workspace import Workspace

    monkeypatch.setenv("RESIDUA_HOME", str(tmp_path))
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with Workspace.open(tmp_path):
        done = subprocess.run(
            [sys.executable, "-m", "app"], capture_output=True, text=True, check=False, env=environment
        )
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert done.stderr.startswith("residua: ")


def test_settings_that_cannot_be_used_are_told_of_even_where_no_window_opens(tmp_path: Path) -> None:
    from core.services.workspace import Workspace

    environment = {**os.environ, "RESIDUA_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    with Workspace.open(tmp_path):
        (tmp_path / "settings.toml").write_text("theme = 3")
        done = subprocess.run(
            [sys.executable, "-m", "app"], capture_output=True, text=True, check=False, env=environment
        )
    assert done.returncode == 2
    first, second = done.stderr.splitlines()
    assert first.startswith("residua: ")
    assert "The settings are not used" in second
    assert "settings.toml.damaged-1" in second
