"""One rendered image with its truth: layout, defect, imaging, in that order."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import BoolArray, FloatArray
from core.synthesis.acquisition import Display, acquire, measure_display, noise_level, quantise, settle_dose
from core.synthesis.defects import KINDS
from core.synthesis.drawing import random_frame
from core.synthesis.imaging import beam_kernel, expected_signal, scan_maps
from core.synthesis.layout import Layout
from core.synthesis.layouts import PATTERNS
from core.synthesis.layouts.mixing import maybe_mix
from core.synthesis.randomness import Rng, chance, log_uniform, stream
from core.synthesis.registry import FAMILIES, compatible_kinds, require_compatible
from core.synthesis.style import ImagingStyle, sample_style
from core.synthesis.surface import build_surface
from core.synthesis.visibility import visible_mask

LAYOUT_ATTEMPTS = 40
PLACE_ATTEMPTS = 5
LAYOUT_STREAM, STYLE_STREAM, SCAN_STREAM, DEFECT_STREAM, NOISE_STREAM, CHOICE_STREAM = range(6)


@dataclass(frozen=True, slots=True)
class Scene:
    """One image with its truth.

    Attributes:
        image: (H, W) uint8.
        mask: (H, W) bool, the visible extent of the defect; all False if clean.
        kind: defect kind, None if defect-free.
        family: layout family.
        process: "beol", "dep" or "dpr".
        seed: what it was made from.
    """

    image: NDArray[np.uint8]
    mask: BoolArray
    kind: str | None
    family: str
    process: str
    seed: int


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


def render_scene(
    seed: int,
    *,
    family: str,
    kind: str | None = None,
    size_hw: tuple[int, int] = (448, 448),
    style: ImagingStyle | None = None,
) -> Scene:
    """Renders one image of a family, with a visible defect of a kind or without any.

    Args:
        seed: everything random follows from it.
        family: layout family.
        kind: defect kind; None for a defect-free image.
        size_hw: height and width, px.
        style: microscope setting; random if None.

    Raises:
        ValueError: unknown names, or a kind that does not occur on the family.
        RuntimeError: no visible defect could be placed (does not happen at usual sizes).
    """
    exposure = expose(seed, family=family, kind=kind, size_hw=size_hw, style=style)
    image = quantise(exposure.develop(stream(seed, NOISE_STREAM)), exposure.style)
    return Scene(image, exposure.mask, kind, family, FAMILIES[family].process, seed)


def sample_scene(
    seed: int,
    *,
    families: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
    defect_probability: float = 0.5,
    size_hw: tuple[int, int] = (448, 448),
) -> Scene:
    """Renders a random family, and with the given probability a random compatible kind."""
    family, kind = choose(seed, families, kinds, defect_probability)
    return render_scene(seed, family=family, kind=kind, size_hw=size_hw)


def choose(
    seed: int, families: Sequence[str] | None, kinds: Sequence[str] | None, defect_probability: float
) -> tuple[str, str | None]:
    """A random family and a kind that fits it; None for a defect-free image."""
    rng = stream(seed, CHOICE_STREAM)
    family = str(rng.choice(list(FAMILIES) if families is None else list(families)))
    fitting = compatible_kinds(family, kinds)
    if not fitting or not chance(rng, defect_probability):
        return family, None
    return family, str(rng.choice(list(fitting)))


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
        exposure = _expose_layout(seed, attempt, layout, kind, chosen)
        if exposure is not None:
            return exposure
    raise RuntimeError(f"no visible {kind} on {family} of {size_hw} px from seed {seed}")


def _expose_layout(
    seed: int, attempt: int, layout: Layout, kind: str | None, style: ImagingStyle
) -> Exposure | None:
    kernel = beam_kernel(style)
    maps = scan_maps(stream(seed, SCAN_STREAM, attempt), layout.size_hw, style, (0.0, 0.0))
    clean = expected_signal(build_surface(layout), style, kernel, maps)
    display = measure_display(clean, style)
    style = settle_dose(display, style)
    if kind is None:
        return Exposure(layout, clean, np.zeros(layout.size_hw, np.bool_), style, display)
    noise = noise_level(display, style)
    rng = stream(seed, DEFECT_STREAM, attempt)
    for _ in range(PLACE_ATTEMPTS):
        damaged = add_defects(layout, rng, kind)
        if damaged is None:
            continue
        expected = expected_signal(build_surface(damaged), style, kernel, maps)
        mask = visible_mask(clean, expected, noise, display.spread)
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
