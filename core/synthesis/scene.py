"""One rendered image with its truth."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import BoolArray
from core.synthesis.acquisition import quantise
from core.synthesis.exposure import CHOICE_STREAM, NOISE_STREAM, expose
from core.synthesis.randomness import chance, stream
from core.synthesis.registry import FAMILIES, compatible_kinds
from core.synthesis.style import ImagingStyle


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
        seed: everything random follows from it; pixels may differ by one grey level between thread counts.
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
