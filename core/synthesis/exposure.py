"""A sample drawn, damaged and put under the beam, until the defect is visible."""

from dataclasses import dataclass

import numpy as np

from core.domain.arrays import BoolArray, FloatArray
from core.synthesis.acquisition import Display, acquire, measure_display, noise_level, preview, settle_dose
from core.synthesis.defects import KINDS
from core.synthesis.drawing import random_frame
from core.synthesis.imaging import expected_signal, scan_maps
from core.synthesis.layout import Layout
from core.synthesis.layouts import PATTERNS
from core.synthesis.layouts.mixing import maybe_mix
from core.synthesis.randomness import Rng, chance, log_uniform, stream
from core.synthesis.registry import FAMILIES, require_compatible
from core.synthesis.style import ImagingStyle, sample_style
from core.synthesis.surface import build_surface
from core.synthesis.visibility import visible_mask

LAYOUT_ATTEMPTS = 40
PLACE_ATTEMPTS = 5
LAYOUT_STREAM, STYLE_STREAM, SCAN_STREAM, DEFECT_STREAM, NOISE_STREAM, CHOICE_STREAM = range(6)


@dataclass(frozen=True, slots=True)
class Exposure:
    """A sample under one microscope setting, before noise.

    Attributes:
        layout: the sample.
        expected: (H, W) noise-free picture.
        mask: (H, W) bool defect pixels.
        style: the setting.
        display: brightness and contrast on the screen.
    """

    layout: Layout
    expected: FloatArray
    mask: BoolArray
    style: ImagingStyle
    display: Display

    def develop(self, rng: Rng) -> FloatArray:
        """(H, W) float32 in [0, 1]: the noisy picture."""
        return acquire(self.expected, self.style, self.display, rng)


def expose(
    seed: int,
    *,
    family: str,
    kind: str | None,
    size_hw: tuple[int, int],
    style: ImagingStyle | None,
) -> Exposure:
    """Draws and images until the defect is visible; see `render_scene`."""
    require_compatible(family, kind)
    for attempt in range(LAYOUT_ATTEMPTS):
        layout = draw_layout(stream(seed, LAYOUT_STREAM, attempt), family, size_hw)
        chosen = style or sample_style(stream(seed, STYLE_STREAM, attempt), FAMILIES[family].process)
        exposure = expose_layout(seed, attempt, layout, kind, chosen)
        if exposure is not None:
            return exposure
    raise RuntimeError(f"no visible {kind} on {family} of {size_hw} px from seed {seed}")


def expose_layout(
    seed: int, attempt: int, layout: Layout, kind: str | None, style: ImagingStyle
) -> Exposure | None:
    """One attempt on a layout that is drawn already; None if no visible defect could be placed.

    Args:
        seed: of scan and defect.
        attempt: every one is another.
        layout: without the defect.
        kind: of defect; None for a defect-free picture.
        style: microscope setting.
    """
    maps = scan_maps(stream(seed, SCAN_STREAM, attempt), layout.size_hw, style, (0.0, 0.0))
    clean = expected_signal(build_surface(layout), style, maps)
    display = measure_display(clean, style)
    style = settle_dose(display, style)
    if kind is None:
        return Exposure(layout, clean, np.zeros(layout.size_hw, np.bool_), style, display)
    noise, before = noise_level(display, style), preview(clean, style, display)
    rng = stream(seed, DEFECT_STREAM, attempt)
    for _ in range(PLACE_ATTEMPTS):
        damaged = add_defects(layout, rng, kind)
        if damaged is None:
            continue
        expected = expected_signal(build_surface(damaged), style, maps)
        mask = visible_mask(before, preview(expected, style, display), noise)
        if mask is not None:
            return Exposure(damaged, expected, mask, style, display)
    return None


def draw_layout(rng: Rng, family: str, size_hw: tuple[int, int]) -> Layout:
    """A layout of the family; some abut another pattern of the same process or open ground."""
    frame = random_frame(rng, size_hw)
    pattern = PATTERNS[family]
    layout = pattern.build(rng, frame)
    if pattern.process == "dep" or not chance(rng, 0.18):
        return layout
    partners = [
        p for p in PATTERNS.values() if p.process == pattern.process and p.held_out == pattern.held_out
    ]
    partner = partners[int(rng.integers(len(partners)))].build(rng, random_frame(rng, size_hw))
    return maybe_mix(rng, frame, layout, partner)


def add_defects(layout: Layout, rng: Rng, kind: str) -> Layout | None:
    """One defect of the kind, sometimes two or three; None if no place fits."""
    definition = KINDS[kind]
    limit = min(layout.size_hw) * 0.35
    low, high = definition.size_px
    count = 1 if chance(rng, 0.88) else int(rng.integers(2, 4))
    damaged: Layout | None = None
    for _ in range(count):
        size = log_uniform(rng, min(low, limit / 2), min(high, limit))
        changed = definition.make(damaged or layout, rng, size)
        damaged = changed or damaged
    return damaged
