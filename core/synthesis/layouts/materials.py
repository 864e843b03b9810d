"""Tones, steps and textures that a layout is made of."""

from dataclasses import dataclass, replace

import numpy as np

from core.domain.arrays import FloatArray
from core.synthesis.drawing import Frame
from core.synthesis.layout import ByteArray, Cut, Layer, Layout
from core.synthesis.randomness import Rng, chance, fractal_field, log_uniform, smooth_field, uniform


@dataclass(frozen=True, slots=True)
class Palette:
    """Materials and pattern transfer of one image.

    Attributes:
        ground: yield of the base.
        pattern: yield of the main pattern.
        second: yield of a second pattern (vias, gates).
        height: step of the main pattern; negative where it is recessed.
        rounding_px: blur of the pattern transfer.
        sidewall_px: width of an edge.
        roughness_px: line-edge roughness.
        grain: texture amplitude of the pattern.
        ground_grain: texture amplitude of the base.
    """

    ground: float
    pattern: float
    second: float
    height: float
    rounding_px: float
    sidewall_px: float
    roughness_px: float
    grain: float
    ground_grain: float


def sample_palette(rng: Rng, feature_px: float) -> Palette:
    """Random materials; the transfer blur never eats a feature of the given width.

    Args:
        rng: the generator.
        feature_px: narrowest drawn width or gap, px.
    """
    ground = uniform(rng, 0.12, 0.7)
    step = log_uniform(rng, 0.03, 0.55) * (1 if chance(rng, 0.5) else -1)
    pattern = ground + step if 0.08 < ground + step < 0.9 else ground - step
    rounding = min(log_uniform(rng, 0.8, 5.0), max(0.30 * feature_px, 0.7))
    return Palette(
        ground=ground,
        pattern=min(max(pattern, 0.06), 0.95),
        second=uniform(rng, 0.1, 0.9),
        height=log_uniform(rng, 0.35, 1.5) * (1 if chance(rng, 0.5) else -1),
        rounding_px=rounding,
        sidewall_px=min(log_uniform(rng, 1.0, 4.0), max(0.25 * feature_px, 1.0), 2.2 * rounding),
        roughness_px=min(log_uniform(rng, 0.08, 1.1), 0.08 * feature_px, 0.5 * rounding),
        grain=log_uniform(rng, 0.004, 0.07) if chance(rng, 0.5) else 0.0,
        ground_grain=log_uniform(rng, 0.003, 0.05) if chance(rng, 0.4) else 0.0,
    )


def roughened(rng: Rng, palette: Palette, feature_px: float) -> Palette:
    """Now and then edges as rough as an immature process leaves them: up to a sixth of the narrowest feature."""
    if not chance(rng, 0.3):
        return palette
    roughest = min(0.16 * feature_px, 0.8 * palette.rounding_px, 2.5)
    return replace(palette, roughness_px=max(palette.roughness_px, roughest * uniform(rng, 0.4, 1)))


def make_layer(
    palette: Palette, name: str, mask: ByteArray, *, second: bool = False, scale: float = 1.0
) -> Layer:
    """A layer in the palette's main or second material; scale multiplies its step."""
    return Layer(
        name=name,
        mask=mask,
        tone=palette.second if second else palette.pattern,
        height=palette.height * scale,
        rounding_px=palette.rounding_px,
        sidewall_px=palette.sidewall_px,
        roughness_px=palette.roughness_px,
        grain=palette.grain,
    )


def assemble(
    rng: Rng,
    frame: Frame,
    palette: Palette,
    layers: list[Layer],
    pitch_px: float,
    cuts: tuple[Cut, ...] = (),
) -> Layout:
    """Puts layers on a base with its texture, edge roughness and faint unevenness."""
    size = frame.size_hw
    grain = fractal_field(rng, size, log_uniform(rng, 1.5, 10), 2)
    tone = np.full(size, palette.ground, np.float32)
    if palette.ground_grain > 0:
        tone += grain[::-1, ::-1] * np.float32(palette.ground_grain)
    if chance(rng, 0.15):
        tone += smooth_field(rng, size, uniform(rng, 40, 160)) * np.float32(log_uniform(rng, 0.004, 0.02))
    return Layout(
        base_tone=tone,
        base_height=np.zeros(size, np.float32),
        layers=tuple(layers),
        edge_field=edge_field(rng, size),
        grain_field=grain,
        pitch_px=pitch_px,
        cuts=cuts,
    )


def edge_field(rng: Rng, size_hw: tuple[int, int]) -> FloatArray:
    """Unit-variance displacement with a short and a long correlation length."""
    short = smooth_field(rng, size_hw, log_uniform(rng, 2, 9))
    return np.float32(0.8) * short + np.float32(0.6) * smooth_field(rng, size_hw, uniform(rng, 12, 40))
