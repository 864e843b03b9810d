"""Deposited films: blanket, grainy, crystalline, bumpy, granular and patterned."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import FloatArray
from core.synthesis.drawing import Frame
from core.synthesis.layout import Layout
from core.synthesis.layouts.beol_arrays import lattice, lines_spaces, staggered_vias
from core.synthesis.layouts.beol_routing import dense_tracks
from core.synthesis.layouts.beol_sparse import sparse_routing
from core.synthesis.randomness import Rng, chance, fractal_field, log_uniform, smooth_field, uniform


def film_layout(rng: Rng, frame: Frame, tone: FloatArray, height: FloatArray, pitch: float) -> Layout:
    """A layout without layers: tone and height maps, sometimes with slow unevenness."""
    zero = np.zeros((1, 1), np.float32)
    if chance(rng, 0.3):
        tone = tone + smooth_field(rng, frame.size_hw, uniform(rng, 60, 250)) * np.float32(0.015)
    return Layout(np.clip(tone, 0.05, 0.95), height, (), zero, zero, pitch)


def plain_tone(rng: Rng, frame: Frame) -> FloatArray:
    """(H, W) float32 of one random tone."""
    return np.full(frame.size_hw, uniform(rng, 0.25, 0.65), np.float32)


def blanket_film(rng: Rng, frame: Frame) -> Layout:
    """A smooth film, at most faintly mottled."""
    tone = plain_tone(rng, frame)
    tone += fractal_field(rng, frame.size_hw, log_uniform(rng, 2, 60), 3) * np.float32(
        log_uniform(rng, 0.001, 0.015)
    )
    height = np.zeros(frame.size_hw, np.float32)
    if chance(rng, 0.5):
        height += smooth_field(rng, frame.size_hw, log_uniform(rng, 2, 12)) * np.float32(
            log_uniform(rng, 0.01, 0.12)
        )
    return film_layout(rng, frame, tone, height, 20.0)


def grainy_film(rng: Rng, frame: Frame) -> Layout:
    """Rough film with grains at several scales at once."""
    scale = log_uniform(rng, 3, 28)
    rough = fractal_field(rng, frame.size_hw, scale, int(rng.integers(2, 5)))
    tone = plain_tone(rng, frame) + rough * np.float32(log_uniform(rng, 0.005, 0.06))
    height = np.tanh(rough) * np.float32(log_uniform(rng, 0.1, 0.35) * scale / 4)
    return film_layout(rng, frame, tone, height, scale)


def nearest_seeds(
    rng: Rng, frame: Frame, spacing: float, disorder: float
) -> tuple[FloatArray, FloatArray, int]:
    """Voronoi cells of a jittered lattice.

    Args:
        rng: the generator.
        frame: the image frame.
        spacing: mean distance of the seeds, px.
        disorder: jitter as a share of the spacing.

    Returns:
        distance to the nearest seed (H, W) float32, its label (H, W) int-valued float32, and the count.
    """
    points = frame.to_image(lattice(frame, (spacing, spacing), 0.5, (0, 0)))
    points = points + rng.normal(0, disorder * spacing, points.shape)
    ground = np.full(frame.size_hw, 255, np.uint8)
    cells = np.rint(points).astype(int)
    inside = (cells >= 0).all(axis=1) & (cells < np.array([frame.size_hw[1], frame.size_hw[0]])).all(axis=1)
    ground[cells[inside, 1], cells[inside, 0]] = 0
    distance, label = cv2.distanceTransformWithLabels(ground, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    return distance, label.astype(np.float32), int(label.max()) + 1


def voronoi_grains(rng: Rng, frame: Frame) -> Layout:
    """Polycrystal: grains of slightly different tone with grooves between them."""
    spacing = log_uniform(rng, 9, 70)
    _, label, count = nearest_seeds(rng, frame, spacing, uniform(rng, 0.15, 0.45))
    index = label.astype(np.int32)
    shades = rng.normal(0, log_uniform(rng, 0.01, 0.12), count).astype(np.float32)
    tone: FloatArray = cv2.GaussianBlur(plain_tone(rng, frame) + shades[index], (0, 0), 0.8)
    levels = rng.normal(0, uniform(rng, 0.05, 0.5), count).astype(np.float32)
    groove = _boundaries(index) * np.float32(log_uniform(rng, 0.1, 1.0))
    height: FloatArray = cv2.GaussianBlur(levels[index] - groove, (0, 0), uniform(rng, 0.9, 2.2))
    return film_layout(rng, frame, tone, height, spacing)


def _boundaries(label: NDArray[np.int32]) -> FloatArray:
    edge = np.zeros(label.shape, np.float32)
    edge[:, 1:] += label[:, 1:] != label[:, :-1]
    edge[1:] += label[1:] != label[:-1]
    return np.minimum(edge, 1)


def bumpy_film(rng: Rng, frame: Frame) -> Layout:
    """A conformal film over a smooth periodic relief."""
    pitch_x, pitch_y = log_uniform(rng, 14, 90), log_uniform(rng, 14, 90)
    y, x = np.mgrid[: frame.size_hw[0], : frame.size_hw[1]].astype(np.float32)
    turn = frame.matrix.astype(np.float32)
    u, v = x * turn[0, 0] + y * turn[1, 0], x * turn[0, 1] + y * turn[1, 1]
    if chance(rng, 0.4):
        wave = np.sin(u * np.float32(2 * np.pi / pitch_x))
    else:
        wave = np.sin(u * np.float32(2 * np.pi / pitch_x)) * np.sin(v * np.float32(2 * np.pi / pitch_y))
    sharp = uniform(rng, 0.5, 3)
    height = np.tanh(wave * np.float32(sharp)) * np.float32(log_uniform(rng, 0.3, 2.2))
    height += smooth_field(rng, frame.size_hw, log_uniform(rng, 2, 8)) * np.float32(
        log_uniform(rng, 0.01, 0.08)
    )
    tone = plain_tone(rng, frame) + height * np.float32(uniform(rng, -0.06, 0.06))
    return film_layout(rng, frame, tone, height.astype(np.float32), min(pitch_x, pitch_y))


def granular_metal(rng: Rng, frame: Frame) -> Layout:
    """Close-packed rounded grains (islands), as thin metal or hemispherical silicon shows."""
    spacing = log_uniform(rng, 7, 36)
    distance, label, count = nearest_seeds(rng, frame, spacing, uniform(rng, 0.12, 0.35))
    size = rng.normal(0.62, uniform(rng, 0.02, 0.14), count).astype(np.float32)[label.astype(np.int32)]
    relative = distance / np.maximum(size * np.float32(spacing), 1)
    dome = np.sqrt(np.clip(1 - relative * relative, 0, 1))
    height: FloatArray = cv2.GaussianBlur(dome, (0, 0), 0.9) * np.float32(
        uniform(rng, 0.5, 0.3 + spacing / 12)
    )
    tone = plain_tone(rng, frame) + dome * np.float32(uniform(rng, -0.05, 0.25))
    return film_layout(rng, frame, tone, height, spacing)


def patterned_film(rng: Rng, frame: Frame) -> Layout:
    """A conformal film that softens the pattern below it."""
    builder = (lines_spaces, staggered_vias, dense_tracks, sparse_routing)[int(rng.integers(4))]
    layout = builder(rng, frame)
    film = min(log_uniform(rng, 1.5, 6), layout.pitch_px * 0.16 + 0.8)
    tint = uniform(rng, 0.3, 0.6)
    layers = tuple(
        replace(layer, tone=tint + (layer.tone - tint) * uniform(rng, 0, 0.35), height=layer.height * 1.6)
        for layer in layout.layers
    )
    tone = np.float32(tint) + (layout.base_tone - np.float32(tint)) * np.float32(0.3)
    rough = fractal_field(rng, frame.size_hw, log_uniform(rng, 2, 8), 2) * np.float32(
        log_uniform(rng, 0.005, 0.08)
    )
    return replace(layout, base_tone=tone, base_height=rough, layers=layers, conformal_px=film)
