"""A clean panel and a defective one, each photographed with its own brightness, contrast, noise and colour cast."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import FloatArray
from core.synthesis.lcd.backgrounds import PATTERNS
from core.synthesis.lcd.defects import add_lines, add_points
from core.synthesis.randomness import Rng, stream, uniform

LcdKind = Literal["clean", "line", "points", "mixed"]
LINE, POINTS = 1, 2
"""Classes of the masks; 0 is unchanged."""
_STREAM = 23


@dataclass(frozen=True, slots=True)
class LcdPair:
    """One panel twice.

    Attributes:
        test, reference: (S, S, 3) uint8.
        classes: (S, S) uint8; 0, LINE or POINTS, points above lines.
    """

    test: NDArray[np.uint8]
    reference: NDArray[np.uint8]
    classes: NDArray[np.uint8]


def render_lcd_pair(seed: int, *, pattern: str, kind: LcdKind, side: int = 512) -> LcdPair:
    """Draw a panel, damage a copy, photograph both.

    Args:
        seed: everything random follows from it.
        pattern: one of PATTERNS.
        kind: what is wrong with the test.
        side: of the images, px.

    Raises:
        ValueError: there is no such pattern.

    Source:
        CADNet, Sec. 4.1 and Table 1. Defects are blended softly instead of by Poisson fusion.
    """
    if pattern not in PATTERNS:
        raise ValueError(f"unknown display pattern {pattern!r}")
    rng = stream(seed, _STREAM)
    panel = PATTERNS[pattern](rng, side)
    damaged, classes = panel, np.zeros((side, side), np.uint8)
    if kind in ("line", "mixed"):
        damaged, changed = add_lines(rng, damaged)
        classes[changed] = LINE
    if kind in ("points", "mixed"):
        damaged, changed = add_points(rng, damaged)
        classes[changed] = POINTS
    return LcdPair(_photograph(rng, damaged), _photograph(rng, panel), classes)


def _photograph(rng: Rng, panel: FloatArray) -> NDArray[np.uint8]:
    """Contrast 0.5-1.5, brightness ±6, a colour cast of up to 33 levels in one channel, noise of any ISO."""
    image = (panel - 127) * uniform(rng, 0.5, 1.5) + 127 + uniform(rng, -6, 6)
    image[..., int(rng.integers(3))] += uniform(rng, -33, 33)
    noisy = image + rng.normal(0, uniform(rng, 0.5, 10), panel.shape)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)
