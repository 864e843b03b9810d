"""How the lots screen writes moments, places and dispositions."""

from datetime import datetime
from pathlib import Path

from core.domain.dispositions import Disposition
from core.domain.words import DISPOSITION_WORDS


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


def disposition_text(one: Disposition | None) -> str:
    """Two lines: the word, and whether two people stand for it."""
    if one is None:
        return "–\n"
    due = f"until {one.given.due.isoformat()}" if one.given.due else "in force"
    return f"{DISPOSITION_WORDS[one.given.word]}\n{due if one.is_in_force else 'one signature of two'}"


def disposition_tip(one: Disposition) -> str:
    """All that was said of it."""
    second = one.countersigned.reviewer if one.countersigned else "awaits a second signature"
    parts = (one.given.reason, one.given.owner, f"{one.signed.reviewer}; {second}")
    return " · ".join(part for part in (DISPOSITION_WORDS[one.given.word], *parts) if part)
