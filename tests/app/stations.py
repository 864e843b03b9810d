"""A whole window on a workspace, as the entry point makes it."""

from pathlib import Path

import cv2
import numpy as np
from pytestqt.qtbot import QtBot

from app.composition import Station
from app.preferences import Preferences
from app.settings import AppSettings
from core.services.workspace import Workspace

TIMEOUT_MS = 120_000


def start_station(qtbot: QtBot, workspace: Workspace, lot: str | None = None) -> Station:
    """Show the window; whoever asks for it closes it."""
    made = Station(workspace, Preferences(workspace.home / "settings.toml", AppSettings()))
    qtbot.addWidget(made.window)
    with qtbot.waitActive(made.window):
        made.start(lot)
    return made


def settle(qtbot: QtBot, station: Station) -> None:
    """Wait for what the user asked for."""
    qtbot.waitUntil(lambda: not station.runner.running, timeout=TIMEOUT_MS)


def settle_all(qtbot: QtBot, station: Station) -> None:
    """Wait for what the screens asked for too."""
    busy = (station.runner, station.quiet)
    qtbot.waitUntil(lambda: not any(runner.running for runner in busy), timeout=TIMEOUT_MS)


def write_noise(folder: Path, count: int = 4) -> Path:
    """A lot of small images of noise."""
    folder.mkdir()
    noise = np.random.default_rng(3)
    for number in range(count):
        pixels = noise.normal(120, 12, (96, 96)).clip(0, 255).astype(np.uint8)
        (folder / f"site_{number}.png").write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    return folder
