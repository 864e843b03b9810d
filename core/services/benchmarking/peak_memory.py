"""The largest resident memory of a stretch of work, where the system tells it."""

import re
from pathlib import Path

_SELF = Path("/proc/self")


def forget_peak() -> None:
    """Begin a stretch; nothing where the system has no such switch."""
    try:
        (_SELF / "clear_refs").write_text("5")
    except OSError:
        return


def peak_mib() -> float | None:
    """Of this process since the stretch began; None where the system does not tell."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", (_SELF / "status").read_text())
    except OSError:
        return None
    return int(found[1]) / 1024 if found else None
