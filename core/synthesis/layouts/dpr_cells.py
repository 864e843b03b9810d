"""Holes and memory: contact arrays, SRAM-like cells."""

import numpy as np
from numpy.typing import NDArray

from core.synthesis.drawing import Frame, draw_boxes, draw_discs
from core.synthesis.layout import Layout
from core.synthesis.layouts.beol_arrays import lattice
from core.synthesis.layouts.dpr_gates import column_boxes
from core.synthesis.layouts.materials import assemble, make_layer, sample_palette
from core.synthesis.randomness import Rng, chance, log_uniform, uniform


def contact_holes(rng: Rng, frame: Frame) -> Layout:
    """Dense contact holes, round or oval, dark or bright, in blocks or everywhere."""
    pitch = log_uniform(rng, 10, 64)
    aspect = uniform(rng, 0.8, 1.5)
    points = lattice(frame, (pitch, pitch * aspect), float(rng.choice([0, 0.5])), (uniform(rng, 0, pitch), 0))
    if chance(rng, 0.35):
        block = pitch * float(rng.integers(5, 14))
        points = points[((points / block) % 1).min(axis=1) > uniform(rng, 0.05, 0.25)]
    radius = pitch * min(1, aspect) * uniform(rng, 0.24, 0.37)
    palette = sample_palette(rng, radius * 1.5)
    mask = frame.blank()
    spread = 1 + uniform(rng, 0.005, 0.05) * rng.standard_normal((len(points), 2))
    draw_discs(mask, frame, points, np.array([radius, radius * uniform(rng, 0.7, 1.15)]) * spread)
    layer = make_layer(palette, "holes", mask, scale=1.0 if palette.height < 0 else -1.0)
    return assemble(rng, frame, palette, [layer], pitch)


def sram_cells(rng: Rng, frame: Frame) -> Layout:
    """A periodic cell of bars and contacts, mirrored in every other row and column."""
    width = log_uniform(rng, 44, 150)
    height = width * uniform(rng, 0.5, 1)
    palette = sample_palette(rng, width * 0.07)
    gates, contacts = frame.blank(), frame.blank()
    bars = _random_bars(rng)
    dots = rng.uniform(0.08, 0.92, (int(rng.integers(2, 5)), 2))
    for column in range(-1, int(frame.extent_wh[0] / width) + 2):
        for row in range(-1, int(frame.extent_wh[1] / height) + 2):
            scale = np.array([width * (-1) ** column, height * (-1) ** row])
            origin = np.array([(column + column % 2) * width, (row + row % 2) * height])
            draw_boxes(gates, frame, (bars.reshape(-1, 2, 2) * scale + origin).reshape(-1, 4))
            draw_discs(contacts, frame, dots * scale + origin, np.full((len(dots), 2), width * 0.055))
    layers = [make_layer(palette, "gates", gates)]
    if chance(rng, 0.75):
        layers.append(make_layer(palette, "holes", contacts, second=True, scale=0.5))
    return assemble(rng, frame, palette, layers, width)


def _random_bars(rng: Rng) -> NDArray[np.float64]:
    """(N, 4) bars in a unit cell: rows of horizontal bars with one vertical link."""
    bars: list[tuple[float, float, float, float]] = []
    rows = int(rng.integers(2, 5))
    thick = uniform(rng, 0.3, 0.5) / rows
    for row in range(rows):
        y = (row + 0.25) / rows
        start, end = uniform(rng, -0.05, 0.3), uniform(rng, 0.65, 1.05)
        bars.append((start, y, end, y + thick))
    x = uniform(rng, 0.3, 0.6)
    bars.append((x, 0.25 / rows, x + thick * 0.7, 1.25 / rows))
    return np.array(bars)


def contacts_on_gates(rng: Rng, frame: Frame) -> Layout:
    """Gate lines with rows of contact holes between them."""
    pitch = log_uniform(rng, 22, 76)
    width = pitch * uniform(rng, 0.25, 0.38)
    palette = sample_palette(rng, width * 0.8)
    gates, holes = frame.blank(), frame.blank()
    offset = uniform(rng, 0, pitch)
    draw_boxes(gates, frame, column_boxes(frame, pitch, width, offset))
    step = pitch * uniform(rng, 0.7, 2.5)
    points = lattice(frame, (pitch, step), 0, (offset + (pitch + width) / 2, 0))
    if chance(rng, 0.5):
        points = points[(np.rint(points[:, 1] / step).astype(int) % int(rng.integers(3, 6))) > 0]
    radius = (pitch - width) * uniform(rng, 0.24, 0.36)
    draw_discs(holes, frame, points, np.full((len(points), 2), radius))
    contact = make_layer(palette, "holes", holes, second=True, scale=-0.8 if palette.height > 0 else 0.8)
    return assemble(rng, frame, palette, [make_layer(palette, "gates", gates), contact], pitch)
