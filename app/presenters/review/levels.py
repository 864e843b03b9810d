"""Window and level arithmetic on native gray values."""

from app.presenters.review.pixels import GrayStatistics
from app.presenters.review.state import ManualLevels

NARROWEST = 2.0  # gray values


def effective_levels(
    manual: ManualLevels | None, statistics: GrayStatistics, bit_depth: int
) -> tuple[float, float]:
    """The window in force: the engineer's where it fits the depth, else the image's own."""
    if manual is not None and manual.bit_depth == bit_depth:
        return manual.low, manual.high
    return statistics.levels


def drag_levels(levels: tuple[float, float], right: float, up: float, span: float) -> tuple[float, float]:
    """The window after a drag: to the right wider, upwards brighter.

    Args:
        levels: black and white before.
        right, up: shares of the pane.
        span: gray values that a drag across the whole pane is worth.
    """
    low, high = levels
    width = max((high - low) + right * span, NARROWEST)
    middle = (low + high) / 2 - up * span
    return round(middle - width / 2), round(middle + width / 2)
