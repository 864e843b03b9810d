"""A product as an inspection sees it: the same few sites again and again, on other dies and other days."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.synthesis.acquisition import quantise
from core.synthesis.drawing import random_frame
from core.synthesis.exposure import NOISE_STREAM, PLACE_ATTEMPTS, expose_layout
from core.synthesis.layout import Layout
from core.synthesis.layouts import PATTERNS
from core.synthesis.randomness import Rng, stream
from core.synthesis.registry import FAMILIES
from core.synthesis.scene import Scene
from core.synthesis.style import ImagingStyle, reacquired

_SITE_STREAM, _DIE_STREAM = 31, 32
_SITE_ATTEMPTS = 400
_LEAST_STEP = 0.2
"""Of yield between metal and dielectric, metal being the brighter: how copper looks in its oxide."""


@dataclass(frozen=True, slots=True)
class Site:
    """A place of a product's design, larger than a picture.

    Attributes:
        family: layout family.
        layout: its design, drawn once.
        style: the microscope's setting for it.
    """

    family: str
    layout: Layout
    style: ImagingStyle


def draw_site(seed: int, *, family: str, size_hw: tuple[int, int], style: ImagingStyle) -> Site:
    """A site of a family, its metal raised and brighter than what lies between.

    Args:
        seed: everything random follows from it.
        family: layout family.
        size_hw: height and width of the drawn design, px; pictures are cut from it.
        style: the microscope's setting.

    Raises:
        RuntimeError: the family never looks so.
    """
    for attempt in range(_SITE_ATTEMPTS):
        rng = stream(seed, _SITE_STREAM, attempt)
        layout = PATTERNS[family].build(rng, random_frame(rng, size_hw))
        metal = layout.layers[0]
        if metal.height > 0 and metal.tone - float(layout.base_tone.mean()) > _LEAST_STEP:
            return Site(family, layout, style)
    raise RuntimeError(f"no bright metal on {family} from seed {seed}")


def render_site(
    site: Site, seed: int, *, kind: str | None, size_hw: tuple[int, int], least_area_px: int
) -> Scene:
    """A picture of a site on some die of some day, the stage not quite where it was.

    Args:
        site: what is looked at.
        seed: everything random follows from it.
        kind: any defect kind that finds a place there, of whatever process; None for a defect-free picture.
        size_hw: height and width, px; at most those of the site.
        least_area_px: smallest defect that is taken.

    Raises:
        RuntimeError: no visible defect could be placed.
    """
    for attempt in range(PLACE_ATTEMPTS * 20):
        rng = stream(seed, _DIE_STREAM, attempt)
        layout = _die_of(site.layout, rng, size_hw)
        exposure = expose_layout(seed, attempt, layout, kind, reacquired(rng, site.style))
        if exposure is None or (kind is not None and np.count_nonzero(exposure.mask) < least_area_px):
            continue
        image = quantise(exposure.develop(stream(seed, NOISE_STREAM, attempt)), exposure.style)
        return Scene(image, exposure.mask, kind, site.family, FAMILIES[site.family].process, seed)
    raise RuntimeError(f"no visible {kind} on {site.family} of {size_hw} px from seed {seed}")


def _die_of(layout: Layout, rng: Rng, size_hw: tuple[int, int]) -> Layout:
    """A window of the design; edges and grain, which no two dies share, come from elsewhere in it."""
    design, edges, grain = (_window(layout.size_hw, size_hw, rng) for _ in range(3))
    layers = tuple(replace(layer, mask=_cut(layer.mask, design)) for layer in layout.layers)
    return replace(
        layout,
        base_tone=_cut(layout.base_tone, grain),
        base_height=_cut(layout.base_height, design),
        layers=layers,
        edge_field=_cut(layout.edge_field, edges),
        grain_field=_cut(layout.grain_field, grain),
    )


def _window(whole_hw: tuple[int, int], size_hw: tuple[int, int], rng: Rng) -> tuple[slice, slice]:
    top, left = (int(rng.integers(whole - size + 1)) for whole, size in zip(whole_hw, size_hw, strict=True))
    return slice(top, top + size_hw[0]), slice(left, left + size_hw[1])


def _cut(values: NDArray[Any], window: tuple[slice, slice]) -> NDArray[Any]:
    return np.ascontiguousarray(values[window])
