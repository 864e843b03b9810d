"""Two pictures of one layout: a clean reference and a test that may be defective."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import BoolArray, FloatArray
from core.synthesis.acquisition import acquire, measure_display, noise_level, preview, quantise, settle_dose
from core.synthesis.exposure import PLACE_ATTEMPTS, add_defects, draw_layout
from core.synthesis.imaging import expected_signal, scan_maps
from core.synthesis.layout import Layout
from core.synthesis.randomness import Rng, stream, uniform
from core.synthesis.registry import FAMILIES, require_compatible
from core.synthesis.scene import Scene
from core.synthesis.style import ImagingStyle, reacquired, sample_style
from core.synthesis.surface import Surface, build_surface
from core.synthesis.visibility import visible_mask

PAIR_STREAM = 17
ATTEMPTS = 40


@dataclass(frozen=True, slots=True)
class ScenePair:
    """A reference and a test of one layout.

    Attributes:
        reference: defect-free, as first acquired.
        test: another acquisition, defective if its kind is not None; its mask is in its own coordinates.
        shift_xy: content of the test lies this far from where the reference shows it, px.
    """

    reference: Scene
    test: Scene
    shift_xy: tuple[float, float]


def render_pair(
    seed: int,
    *,
    family: str,
    kind: str | None = None,
    size_hw: tuple[int, int] = (448, 448),
    style: ImagingStyle | None = None,
    max_shift_px: float = 6.0,
) -> ScenePair:
    """Renders one layout twice: other dose, focus, brightness and stage position.

    Args:
        seed: everything random follows from it.
        family: layout family.
        kind: defect kind of the test; None for two clean pictures.
        size_hw: height and width, px.
        style: microscope setting of the reference; random if None.
        max_shift_px: largest stage shift along each axis.

    Raises:
        ValueError: unknown names, or a kind that does not occur on the family.
        RuntimeError: no visible defect could be placed.
    """
    require_compatible(family, kind)
    for attempt in range(ATTEMPTS):
        rng = stream(seed, PAIR_STREAM, attempt)
        first = style or sample_style(rng, FAMILIES[family].process)
        shift = (uniform(rng, -max_shift_px, max_shift_px), uniform(rng, -max_shift_px, max_shift_px))
        pair = _try_pair(rng, (family, kind, seed), size_hw, first, shift)
        if pair is not None:
            return pair
    raise RuntimeError(f"no visible {kind} on {family} of {size_hw} px from seed {seed}")


def _try_pair(
    rng: Rng,
    truth: tuple[str, str | None, int],
    size_hw: tuple[int, int],
    style: ImagingStyle,
    shift_xy: tuple[float, float],
) -> ScenePair | None:
    # Drawn with a margin, so that a shifted picture never shows a mirrored border.
    margin = int(np.ceil(max(abs(shift_xy[0]), abs(shift_xy[1])))) + 2
    family, kind, seed = truth
    layout = draw_layout(rng, family, (size_hw[0] + 2 * margin, size_hw[1] + 2 * margin))
    surface = build_surface(layout)
    expected = _picture(rng, surface, style, (0.0, 0.0), margin)
    display = measure_display(expected, style)
    style = settle_dose(display, style)
    image = quantise(acquire(expected, style, display, rng), style)
    process = FAMILIES[family].process
    reference = Scene(image, np.zeros(size_hw, np.bool_), None, family, process, seed)
    found = _retake(rng, layout, surface, kind, reacquired(rng, style), shift_xy, margin)
    if found is None:
        return None
    return ScenePair(reference, Scene(*found, kind, family, process, seed), shift_xy)


def _picture(
    rng: Rng, surface: Surface, style: ImagingStyle, shift_xy: tuple[float, float], margin: int
) -> FloatArray:
    shape = (surface.tone.shape[0], surface.tone.shape[1])
    maps = scan_maps(rng, shape, style, shift_xy)
    whole = expected_signal(surface, style, maps)
    return np.ascontiguousarray(whole[margin:-margin, margin:-margin])


def _retake(
    rng: Rng,
    layout: Layout,
    surface: Surface,
    kind: str | None,
    style: ImagingStyle,
    shift_xy: tuple[float, float],
    margin: int,
) -> tuple[NDArray[np.uint8], BoolArray] | None:
    """The second picture and its mask; None if no visible defect could be placed."""
    scan_seed = int(rng.integers(2**31))
    clean = _picture(stream(scan_seed), surface, style, shift_xy, margin)
    display = measure_display(clean, style)
    if kind is None:
        return quantise(acquire(clean, style, display, rng), style), np.zeros(clean.shape, np.bool_)
    before = preview(clean, style, display)
    for _ in range(PLACE_ATTEMPTS):
        damaged = add_defects(layout, rng, kind)
        if damaged is None:
            continue
        expected = _picture(stream(scan_seed), build_surface(damaged), style, shift_xy, margin)
        mask = visible_mask(before, preview(expected, style, display), noise_level(display, style))
        if mask is not None:
            return quantise(acquire(expected, style, display, rng), style), mask
    return None
