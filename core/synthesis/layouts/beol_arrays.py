"""Regular metal: lines and spaces, pads, vias, combs, serpentines."""

import numpy as np
from numpy.typing import NDArray

from core.synthesis.drawing import Frame, draw_boxes, draw_discs
from core.synthesis.layout import Layout
from core.synthesis.layouts.materials import assemble, make_layer, roughened, sample_palette
from core.synthesis.randomness import Rng, chance, log_uniform, uniform


def lattice(
    frame: Frame, pitch_xy: tuple[float, float], stagger: float, offset_xy: tuple[float, float]
) -> NDArray[np.float64]:
    """(N, 2) lattice points that cover the frame; every other row is moved by stagger pitches."""
    columns = np.arange(-1, frame.extent_wh[0] / pitch_xy[0] + 2)
    rows = np.arange(-1, frame.extent_wh[1] / pitch_xy[1] + 2)
    grid_x, grid_y = np.meshgrid(columns, rows)
    x = (grid_x + stagger * (np.abs(grid_y) % 2)) * pitch_xy[0] + offset_xy[0]
    return np.stack([x, grid_y * pitch_xy[1] + offset_xy[1]], axis=-1).reshape(-1, 2)


def line_boxes(frame: Frame, pitch: float, width: float, offset: float) -> NDArray[np.float64]:
    """(N, 4) parallel lines along x that cover the frame."""
    y = np.arange(-1, frame.extent_wh[1] / pitch + 2) * pitch + offset
    left, right = np.full_like(y, -pitch), np.full_like(y, frame.extent_wh[0] + pitch)
    return np.stack([left, y, right, y + width], axis=-1)


def lines_spaces(rng: Rng, frame: Frame) -> Layout:
    """Dense lines and spaces, sometimes pitch-walked (unequal spaces), sometimes ending."""
    pitch = log_uniform(rng, 8, 72)
    width = pitch * uniform(rng, 0.32, 0.65)
    feature = min(width, pitch - width)
    palette = roughened(rng, sample_palette(rng, feature), feature)
    boxes = line_boxes(frame, pitch, width, uniform(rng, 0, pitch))
    if chance(rng, 0.25):
        boxes[::2, [1, 3]] += (pitch - width) * uniform(rng, 0.05, 0.3)
    if chance(rng, 0.25):
        boxes[:, 2] = frame.extent_wh[0] * uniform(rng, 0.45, 0.9) - pitch * rng.integers(0, 2) * (
            np.arange(len(boxes)) % 2
        )
    mask = frame.blank()
    draw_boxes(mask, frame, boxes)
    return assemble(rng, frame, palette, [make_layer(palette, "lines", mask)], pitch)


def lines_with_pads(rng: Rng, frame: Frame) -> Layout:
    """Lines that widen into via pads at regular or random places; vias on the pads."""
    pitch = log_uniform(rng, 16, 72)
    width = pitch * uniform(rng, 0.28, 0.42)
    palette = sample_palette(rng, width)
    mask, vias = frame.blank(), frame.blank()
    draw_boxes(mask, frame, line_boxes(frame, pitch, width, 0))
    step = pitch * uniform(rng, 1.5, 5)
    points = lattice(frame, (step, pitch), float(rng.choice([0, 0.5, 0.33])), (0, width / 2))
    if chance(rng, 0.5):
        points = points[rng.random(len(points)) < uniform(rng, 0.3, 0.9)]
    half = np.array([width * uniform(rng, 0.7, 1.1), min(width * 0.85, pitch * 0.4)])
    draw_boxes(mask, frame, np.concatenate([points - half, points + half], axis=-1))
    draw_discs(vias, frame, points, np.full((len(points), 2), width * uniform(rng, 0.32, 0.45)))
    layers = [make_layer(palette, "lines", mask)]
    if chance(rng, 0.75):
        layers.append(make_layer(palette, "vias", vias, second=True, scale=uniform(rng, -0.6, 0.6)))
    return assemble(rng, frame, palette, layers, pitch)


def staggered_vias(rng: Rng, frame: Frame) -> Layout:
    """Via arrays, square or staggered, round or oval, with random vacancies in some."""
    pitch = log_uniform(rng, 11, 72)
    aspect = uniform(rng, 0.75, 1.6)
    points = lattice(
        frame, (pitch, pitch * aspect), float(rng.choice([0, 0.5, 0.5, 0.25])), (uniform(rng, 0, pitch), 0)
    )
    radius = pitch * min(1, aspect) * uniform(rng, 0.2, 0.36)
    palette = sample_palette(rng, radius * 1.6)
    if chance(rng, 0.35):
        cells = np.rint(points / (pitch * float(rng.integers(3, 9)))).astype(int)
        points = points[(cells[:, 0] * 7 + cells[:, 1] * 3) % 4 != 0]
    mask = frame.blank()
    radii = np.array([radius, radius * uniform(rng, 0.75, 1.25)]) * (
        1 + 0.03 * rng.standard_normal((len(points), 2))
    )
    draw_discs(mask, frame, points, radii)
    return assemble(rng, frame, palette, [make_layer(palette, "vias", mask)], pitch)


def comb_fingers(rng: Rng, frame: Frame) -> Layout:
    """Interdigitated combs with bus bars, and finger ends in open space."""
    pitch = log_uniform(rng, 12, 56)
    width = pitch * uniform(rng, 0.35, 0.55)
    palette = sample_palette(rng, min(width, pitch - width))
    boxes = line_boxes(frame, pitch, width, uniform(rng, 0, pitch))
    left, right = (frame.extent_wh[0] * f for f in (uniform(rng, -0.1, 0.3), uniform(rng, 0.6, 1.1)))
    end_gap = pitch * uniform(rng, 0.6, 2.5)
    boxes[::2, [0, 2]] = [left, right - end_gap]
    boxes[1::2, [0, 2]] = [left + end_gap, right]
    bar = pitch * uniform(rng, 0.8, 4)
    bars = [(left - bar, -9, left, frame.extent_wh[1] + 9), (right, -9, right + bar, frame.extent_wh[1] + 9)]
    mask = frame.blank()
    keep = slice(None) if chance(rng, 0.5) else slice(0, max(len(boxes) // 2, 4))
    draw_boxes(mask, frame, boxes[keep])
    draw_boxes(mask, frame, bars)
    return assemble(rng, frame, palette, [make_layer(palette, "lines", mask)], pitch)


def serpentine(rng: Rng, frame: Frame) -> Layout:
    """A meander, sometimes with a straight guard line between its turns."""
    pitch = log_uniform(rng, 12, 60)
    width = pitch * uniform(rng, 0.32, 0.5)
    feature = min(width, pitch - width)
    palette = roughened(rng, sample_palette(rng, feature), feature)
    boxes = line_boxes(frame, pitch, width, uniform(rng, 0, pitch))
    left, right = frame.extent_wh[0] * uniform(rng, 0.02, 0.25), frame.extent_wh[0] * uniform(rng, 0.7, 0.97)
    boxes[:, 0], boxes[:, 2] = left, right
    turns = np.where(np.arange(len(boxes)) % 2 == 0, left, right - width)
    joins = np.stack([turns, boxes[:, 1], turns + width, boxes[:, 3] + pitch], axis=-1)
    mask = frame.blank()
    draw_boxes(mask, frame, boxes)
    draw_boxes(mask, frame, joins)
    return assemble(rng, frame, palette, [make_layer(palette, "lines", mask)], pitch)
