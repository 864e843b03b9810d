"""How the lots screen writes moments and places."""

from datetime import datetime
from pathlib import Path


def moment_text(moment: datetime, now: datetime) -> str:
    """A moment as a person says it: today and yesterday by name, then the date. Both are aware; local is shown."""
    local, today = moment.astimezone(), now.astimezone().date()
    days = (today - local.date()).days
    if days == 0:
        return f"Today {local:%H:%M}"
    if days == 1:
        return f"Yesterday {local:%H:%M}"
    return f"{local:%Y-%m-%d %H:%M}"


def place_text(source: Path, home: Path) -> str:
    """A path with the user's own folder written as ~."""
    return f"~/{source.relative_to(home).as_posix()}" if source.is_relative_to(home) else str(source)
