"""How a device is written in menus and the status line."""

from collections.abc import Mapping

AUTO_DEVICE = "auto"


def device_text(chosen: str, found: Mapping[str, str]) -> str:
    """The device that measures, by its name.

    Args:
        chosen: "auto", or one of `found`.
        found: id → name, the fastest first; empty while nobody has looked yet.
    """
    if chosen == AUTO_DEVICE:
        return next(iter(found.values()), "Looking for devices…")
    return found.get(chosen, chosen)
