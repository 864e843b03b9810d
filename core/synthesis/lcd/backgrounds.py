"""Ten display patterns: colour blocks, colour maps, grey ramps, text, portraits."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import cv2
import numpy as np

from core.domain.arrays import FloatArray
from core.synthesis.randomness import Rng, fractal_field, uniform

RgbImage = FloatArray
"""(S, S, 3) in [0, 255]."""

_COLOR_MAPS = (cv2.COLORMAP_JET, cv2.COLORMAP_HSV, cv2.COLORMAP_RAINBOW)
_LETTERS = "ABCDEFGHKLMNPRSTUVXYZabcdefghkmnprstuvxyz0123456789"


def _blocks(rng: Rng, side: int, cells: int) -> RgbImage:
    colors = rng.integers(0, 256, (cells, cells, 3)).astype(np.float32)
    return np.asarray(cv2.resize(colors, (side, side), interpolation=cv2.INTER_NEAREST))


def _flat(rng: Rng, side: int) -> RgbImage:
    return np.full((side, side, 3), rng.integers(30, 226, 3), np.float32)


def _primaries(rng: Rng, side: int) -> RgbImage:
    """Red, green, blue and white quarters in a random order."""
    colors = np.array([[220, 20, 20], [20, 220, 20], [20, 20, 220], [220, 220, 220]], np.float32)
    quarters = rng.permutation(colors).reshape(2, 2, 3)
    return np.asarray(cv2.resize(quarters, (side, side), interpolation=cv2.INTER_NEAREST))


def _few_blocks(rng: Rng, side: int) -> RgbImage:
    return _blocks(rng, side, 4)


def _many_blocks(rng: Rng, side: int) -> RgbImage:
    return _blocks(rng, side, 12)


def _ramp(rng: Rng, side: int) -> RgbImage:
    """Grey, along a random direction."""
    angle = uniform(rng, 0, 2 * np.pi)
    ys, xs = np.mgrid[:side, :side] / side - 0.5
    level = 127 + 150 * (np.cos(angle) * xs + np.sin(angle) * ys)
    return np.repeat(np.clip(level, 0, 255)[..., None], 3, axis=2).astype(np.float32)


def _grey_steps(rng: Rng, side: int) -> RgbImage:
    steps = int(rng.integers(8, 17))
    row = np.linspace(10, 245, steps)[:: 1 if rng.random() < 0.5 else -1]
    level = np.tile(np.repeat(row, -(-side // steps))[:side], (side, 1))
    turned = level.T if rng.random() < 0.5 else level
    return np.repeat(turned[..., None], 3, axis=2).astype(np.float32)


def _color_map(rng: Rng, side: int) -> RgbImage:
    field = fractal_field(rng, (side, side), side / 3, 2)
    scaled = cv2.normalize(field, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    chosen = _COLOR_MAPS[int(rng.integers(len(_COLOR_MAPS)))]
    return np.asarray(cv2.applyColorMap(scaled, chosen), np.float32)


def _text(rng: Rng, side: int) -> RgbImage:
    canvas = np.full((side, side, 3), 235, np.uint8)
    size = uniform(rng, 0.5, 1.4) * side / 512
    step = max(12, int(36 * size))
    for baseline in range(step, side, step):
        letters = "".join(rng.choice(list(_LETTERS), int(rng.integers(10, 60))))
        color = tuple(int(value) for value in rng.integers(0, 110, 3))
        cv2.putText(canvas, letters, (8, baseline), cv2.FONT_HERSHEY_SIMPLEX, size, color, 2, cv2.LINE_AA)
    return canvas.astype(np.float32)


def _portrait(rng: Rng, side: int) -> RgbImage:
    """A head with hair, eyes and mouth in front of a soft ground: skin tones, and edges of every sharpness."""
    ground = fractal_field(rng, (side, side), side / 2, 3) * 25 + uniform(rng, 60, 200)
    canvas = np.repeat(np.clip(ground, 0, 255)[..., None], 3, axis=2).astype(np.float32)
    x, y, r = side * uniform(rng, 0.4, 0.6), side * uniform(rng, 0.45, 0.55), side * uniform(rng, 0.2, 0.3)
    skin, hair = np.array([215, 160, 120]) * uniform(rng, 0.5, 1.1), rng.integers(10, 120, 3)

    def ellipse(dx: float, dy: float, rx: float, ry: float, color: Sequence[float]) -> None:
        centre, axes = (int(x + dx * r), int(y + dy * r)), (int(rx * r), int(ry * r))
        cv2.ellipse(canvas, centre, axes, 0, 0, 360, [float(value) for value in color], -1, cv2.LINE_AA)

    ellipse(0, -0.25, 1.05, 1.3, list(hair))
    ellipse(0, 0.1, 0.85, 1.15, list(skin))
    for eye in (-0.35, 0.35):
        ellipse(eye, -0.1, 0.16, 0.09, (235, 235, 235))
        ellipse(eye, -0.1, 0.07, 0.07, (30, 30, 30))
    ellipse(0, 0.65, 0.3, 0.08, (160, 60, 70))
    strands = rng.normal(0, 12, (side, 1, 1)).astype(np.float32) + rng.normal(0, 6, (1, side, 1)).astype(
        np.float32
    )
    texture = cv2.GaussianBlur(strands[..., 0], (0, 0), 1.0)[..., None]
    portrait: RgbImage = np.clip(canvas + texture, 0, 255).astype(np.float32)
    return portrait


def _mixed(rng: Rng, side: int) -> RgbImage:
    mixed: RgbImage = ((_few_blocks(rng, side) + _ramp(rng, side)) / 2).astype(np.float32)
    return mixed


PATTERNS: Mapping[str, Callable[[Rng, int], RgbImage]] = MappingProxyType(
    {
        "flat": _flat,
        "primaries": _primaries,
        "few_blocks": _few_blocks,
        "many_blocks": _many_blocks,
        "ramp": _ramp,
        "grey_steps": _grey_steps,
        "color_map": _color_map,
        "text": _text,
        "portrait": _portrait,
        "mixed": _mixed,
    }
)
"""By name; each draws (S, S, 3) float32 in [0, 255]."""
