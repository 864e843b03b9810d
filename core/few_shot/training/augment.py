"""The same sample on another day: turned, shifted, brighter or noisier. Nothing that SEM would not do."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import BoolArray, FloatArray
from core.few_shot.shots import Shot
from core.networks.preprocess import CLIP
from core.networks.training.crops import turn_alike

_NOISE = 0.35  # standard deviations of the image, at most
_BLUR_PX = 0.9
_GAMMA = 0.25
_GRADIENT = 0.4
_SHIFT = 0.08  # of the side


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One shot, augmented or not; arrays as in `Shot`, all of one size and never missing."""

    pixels: FloatArray
    mask: BoolArray
    guide: FloatArray


def view_of(shot: Shot, rng: np.random.Generator | None) -> View:
    """The shot as it is, or augmented by what `rng` draws."""
    view = _as_view(shot)
    return view if rng is None else _vary(_shift(view, rng), rng)


def _as_view(shot: Shot) -> View:
    mask = np.zeros(shot.pixels.shape, np.bool_) if shot.mask is None else shot.mask
    guide = np.zeros(shot.pixels.shape, np.float32) if shot.guide is None else shot.guide
    return View(shot.pixels, mask, guide)


def _shift(view: View, rng: np.random.Generator) -> View:
    """Moved by a few percent; what comes in is mirrored."""
    height, width = view.mask.shape
    reach_y, reach_x = max(1, round(_SHIFT * height)), max(1, round(_SHIFT * width))
    top, left = int(rng.integers(2 * reach_y + 1)), int(rng.integers(2 * reach_x + 1))

    def move(part: NDArray[Any]) -> NDArray[Any]:
        wide = np.pad(part, ((reach_y, reach_y), (reach_x, reach_x)), mode="reflect")
        return wide[top : top + height, left : left + width]

    return View(move(view.pixels), move(view.mask), move(view.guide))


def _vary(view: View, rng: np.random.Generator) -> View:
    pixels, mask, guide = turn_alike((view.pixels, view.mask, view.guide), rng)
    return View(_expose(pixels.astype(np.float32), rng), mask, guide)


def _expose(pixels: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Other brightness, gamma, illumination, focus and dose; standardised again."""
    span = pixels.max() - pixels.min() + 1e-6
    share = (pixels - pixels.min()) / span
    changed = share ** float(np.exp(rng.uniform(-_GAMMA, _GAMMA))) * span
    changed += _gradient(pixels.shape, rng)
    if rng.random() < 0.3:
        changed = cv2.GaussianBlur(changed, (0, 0), rng.uniform(0.3, _BLUR_PX))
    changed += rng.standard_normal(pixels.shape, np.float32) * np.float32(rng.uniform(0, _NOISE))
    scaled = (changed - changed.mean()) / max(float(changed.std()), 1e-3)
    exposed: FloatArray = np.clip(scaled, -CLIP, CLIP).astype(np.float32)
    return exposed


def _gradient(shape: tuple[int, ...], rng: np.random.Generator) -> FloatArray:
    down, across = rng.uniform(-_GRADIENT, _GRADIENT, 2)
    rows = np.linspace(-0.5, 0.5, shape[0], dtype=np.float32)[:, None]
    columns = np.linspace(-0.5, 0.5, shape[1], dtype=np.float32)[None]
    field: FloatArray = np.float32(down) * rows + np.float32(across) * columns
    return field
