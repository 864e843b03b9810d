"""Aperiodic metal routing: dense tracks, mixed widths, several levels."""

from dataclasses import replace

import cv2
import numpy as np

from core.synthesis.drawing import Frame, draw_boxes, draw_discs
from core.synthesis.layout import ByteArray, Layer, Layout
from core.synthesis.layouts.materials import Palette, assemble, make_layer, roughened, sample_palette
from core.synthesis.randomness import Rng, chance, log_uniform, uniform

Box = tuple[float, float, float, float]


def track_boxes(rng: Rng, frame: Frame, pitch: float, width: float, *, fill: float = 0.85) -> list[Box]:
    """Wires on parallel tracks, broken at random, some joined to the next track by a jog."""
    boxes: list[Box] = []
    right = frame.extent_wh[0]
    mean_run = pitch * log_uniform(rng, 5, 25)
    jogs = uniform(rng, 0, 0.35)
    for y in np.arange(-uniform(rng, 0, pitch), frame.extent_wh[1] + pitch, pitch):
        x = -uniform(rng, 0, mean_run)
        while x < right:
            end = x + max(float(rng.exponential(mean_run)), 1.5 * pitch)
            if chance(rng, fill):
                boxes.append((x, y, end, y + width))
                if chance(rng, jogs):
                    boxes.append((end - width, y, end, y + pitch + width))
            x = end + max(pitch * uniform(rng, 0.4, 1.8), pitch - width)
    return boxes


def dense_tracks(rng: Rng, frame: Frame) -> Layout:
    """Full tracks of one width with breaks and jogs."""
    pitch = log_uniform(rng, 9, 60)
    width = pitch * uniform(rng, 0.38, 0.6)
    feature = min(width, pitch - width)
    palette = roughened(rng, sample_palette(rng, feature), feature)
    mask = frame.blank()
    draw_boxes(mask, frame, track_boxes(rng, frame, pitch, width, fill=uniform(rng, 0.55, 1)))
    return assemble(rng, frame, palette, [make_layer(palette, "lines", mask)], pitch)


def mixed_width_routing(rng: Rng, frame: Frame) -> Layout:
    """Wide and narrow wires side by side, spaces of many widths."""
    unit = log_uniform(rng, 5, 22)
    palette = sample_palette(rng, unit * 0.9)
    mask = frame.blank()
    boxes: list[Box] = []
    y = -uniform(rng, 0, 4 * unit)
    while y < frame.extent_wh[1]:
        width = unit * float(rng.choice([0.9, 1, 1.5, 2, 3, 5], p=[0.25, 0.25, 0.2, 0.15, 0.1, 0.05]))
        boxes += _broken_wire(rng, frame, y, width, unit)
        y += width + unit * float(rng.choice([0.9, 1, 1.5, 2, 4], p=[0.3, 0.3, 0.2, 0.15, 0.05]))
    draw_boxes(mask, frame, boxes)
    _link_wires(rng, frame, mask, unit)
    return assemble(rng, frame, palette, [make_layer(palette, "lines", mask)], unit * 2)


def _broken_wire(rng: Rng, frame: Frame, y: float, width: float, unit: float) -> list[Box]:
    boxes: list[Box] = []
    x = -uniform(rng, 0, 30 * unit)
    while x < frame.extent_wh[0]:
        run = max(float(rng.exponential(unit * 18)), 3 * unit)
        boxes.append((x, y, x + run, y + width))
        x += run + unit * log_uniform(rng, 0.9, 6)
    return boxes


def _link_wires(rng: Rng, frame: Frame, mask: ByteArray, unit: float) -> None:
    """Short verticals that join neighbouring wires, as real routing has."""
    count = int(rng.integers(0, 14))
    x = rng.uniform(0, frame.extent_wh[0], count)
    y = rng.uniform(0, frame.extent_wh[1], count)
    draw_boxes(mask, frame, np.stack([x, y, x + unit, y + unit * rng.uniform(2, 9, count)], axis=-1))


def multilevel_routing(rng: Rng, frame: Frame) -> Layout:
    """Wires over the ghost of a lower level that runs across, with vias between them."""
    pitch = log_uniform(rng, 12, 56)
    width = pitch * uniform(rng, 0.38, 0.58)
    palette = sample_palette(rng, min(width, pitch - width))
    upper, vias = frame.blank(), frame.blank()
    draw_boxes(upper, frame, track_boxes(rng, frame, pitch, width, fill=uniform(rng, 0.4, 0.9)))
    layers = [_ghost(rng, frame, palette, pitch * uniform(rng, 0.8, 1.8))]
    layers.append(make_layer(palette, "lines", upper))
    if chance(rng, 0.6):
        _scatter_vias(rng, frame, vias, pitch, width)
        via = make_layer(palette, "vias", cv2.bitwise_and(vias, upper), second=True, scale=0.4)
        layers.append(via)
    return assemble(rng, frame, palette, layers, pitch)


def _ghost(rng: Rng, frame: Frame, palette: Palette, pitch: float) -> Layer:
    mask = frame.blank()
    width = pitch * uniform(rng, 0.35, 0.6)
    across = replace(frame, extent_wh=frame.extent_wh[::-1], matrix=frame.matrix[:, ::-1])
    draw_boxes(mask, across, track_boxes(rng, across, pitch, width, fill=uniform(rng, 0.4, 1)))
    layer = make_layer(palette, "ghost", mask)
    return replace(
        layer,
        opacity=uniform(rng, 0.15, 0.5),
        height=layer.height * uniform(rng, 0, 0.25),
        rounding_px=max(layer.rounding_px, log_uniform(rng, 1, 4)),
        sidewall_px=layer.sidewall_px * uniform(rng, 1.5, 4),
    )


def _scatter_vias(rng: Rng, frame: Frame, mask: ByteArray, pitch: float, width: float) -> None:
    count = int(rng.integers(8, 60))
    rows = rng.integers(0, max(int(frame.extent_wh[1] / pitch), 1), count)
    x = rng.uniform(0, frame.extent_wh[0], count)
    centres = np.stack([x, rows * pitch + width / 2], axis=-1)
    draw_discs(mask, frame, centres, np.full((count, 2), width * 0.36))
