"""The key tables of the reviewing guide are those of the running window."""

import re
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.composition import Station
from app.preferences import Preferences
from app.settings import AppSettings
from core.services.workspace import Workspace

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "reviewing.md"
CLASS_KEYS = re.compile(r"review\.class_\d")  # one line in the guide for all ten


def documented_keys() -> set[tuple[frozenset[str], str]]:
    """(keys, action text) of every line of the guide's tables."""
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    return {(frozenset(keys.split(" or ")), text) for keys, text in rows if "…" not in keys}


def keys_in_force(station: Station) -> set[tuple[frozenset[str], str]]:
    """The same of the window's key sheet."""
    table = station.table
    ids = [row.action_id for rows in table.sections().values() for row in rows]
    return {
        (frozenset(table.shortcut(action_id).split("; ")), table.text(action_id))
        for action_id in ids
        if table.shortcut(action_id) and not CLASS_KEYS.fullmatch(action_id)
    }


def test_the_guide_lists_the_keys_of_the_window(qtbot: QtBot, tmp_path: Path) -> None:
    with Workspace.open(tmp_path) as workspace:
        station = Station(workspace, Preferences(tmp_path / "settings.toml", AppSettings()))
        qtbot.addWidget(station.window)
        in_force = keys_in_force(station)
        station.window.close()
    assert documented_keys() == in_force
