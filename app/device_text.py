"""How a device is written in menus and the status line."""

import os

AUTO_DEVICE = "auto"


def device_text(chosen: str, found: tuple[str, ...]) -> str:
    """The device that measures, named as a person would.

    Args:
        chosen: "auto", or one of `found`.
        found: the fastest first; empty while nobody has looked yet.
    """
    if chosen == AUTO_DEVICE and not found:
        return "Looking for devices…"
    device = found[0] if chosen == AUTO_DEVICE else chosen
    if device == "cpu":
        return f"CPU · {_threads()} threads"
    return "GPU" if device == "cuda" else device


def _threads() -> int:
    # What the process may use, which in a container is less than what the machine has.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
