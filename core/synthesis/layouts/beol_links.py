"""Metal in short pieces and meshes: via chains, crossing grids, dummy fill."""

import cv2
import numpy as np

from core.synthesis.drawing import Frame, draw_boxes, draw_discs
from core.synthesis.layout import Layout
from core.synthesis.layouts.beol_arrays import lattice, line_boxes
from core.synthesis.layouts.dpr_gates import column_boxes
from core.synthesis.layouts.materials import assemble, make_layer, sample_palette
from core.synthesis.randomness import Rng, chance, log_uniform, uniform


def via_chain(rng: Rng, frame: Frame) -> Layout:
    """Short links in rows, a via at each end, every other row offset."""
    width = log_uniform(rng, 5, 24)
    link = width * uniform(rng, 3, 7)
    step = link + width * uniform(rng, 0.9, 2)
    row = width * uniform(rng, 2, 3.5)
    palette = sample_palette(rng, width * 0.9)
    links, vias = frame.blank(), frame.blank()
    centres = lattice(frame, (step, row), float(rng.choice([0, 0.5])), (uniform(rng, 0, step), 0))
    half = np.array([link / 2, width / 2])
    draw_boxes(links, frame, np.concatenate([centres - half, centres + half], axis=-1))
    inset = np.array([link / 2 - width * 0.7, 0])
    ends = np.concatenate([centres + inset, centres - inset])
    draw_discs(vias, frame, ends, np.full((len(ends), 2), width * uniform(rng, 0.25, 0.38)))
    layers = [make_layer(palette, "lines", links)]
    if chance(rng, 0.8):
        layers.append(make_layer(palette, "vias", vias, second=True, scale=uniform(rng, -0.6, 0.6)))
    return assemble(rng, frame, palette, layers, row)


def crossing_mesh(rng: Rng, frame: Frame) -> Layout:
    """Horizontal and vertical lines of one level that form windows, with windows missing in some."""
    pitch = log_uniform(rng, 14, 70)
    width = pitch * uniform(rng, 0.25, 0.5)
    across = pitch * log_uniform(rng, 0.7, 2.5)
    palette = sample_palette(rng, min(width, pitch - width))
    mask = frame.blank()
    draw_boxes(mask, frame, line_boxes(frame, pitch, width, uniform(rng, 0, pitch)))
    draw_boxes(mask, frame, column_boxes(frame, across, min(width, across * 0.5), uniform(rng, 0, across)))
    if chance(rng, 0.4):
        plates = np.concatenate([rng.uniform(0, 1, (6, 2)) * frame.extent_wh] * 2, axis=-1)
        draw_boxes(mask, frame, plates + np.array([0, 0, 2.2 * across, 1.4 * pitch]))
    return assemble(rng, frame, palette, [make_layer(palette, "lines", mask)], pitch)


def dummy_fill(rng: Rng, frame: Frame) -> Layout:
    """Fields of squares or bars of different sizes, with streets between."""
    unit = log_uniform(rng, 10, 48)
    palette = sample_palette(rng, unit * 0.3)
    mask = frame.blank()
    for _ in range(int(rng.integers(1, 5))):
        field = frame.blank()
        low = rng.uniform(-0.3, 0.6, 2) * frame.extent_wh
        high = low + rng.uniform(0.4, 1.2, 2) * frame.extent_wh
        draw_boxes(mask, frame, [(*(low - unit * 0.4), *(high + unit * 0.4))], 0)
        pitch = unit * rng.uniform(0.8, 1.8, 2)
        points = lattice(frame, (float(pitch[0]), float(pitch[1])), float(rng.choice([0, 0.5])), (0, 0))
        half = pitch * rng.uniform(0.22, 0.36, 2)
        inside = ((points - half > low) & (points + half < high)).all(axis=1)
        draw_boxes(field, frame, np.concatenate([points - half, points + half], axis=-1)[inside])
        cv2.max(mask, field, dst=mask)
    return assemble(rng, frame, palette, [make_layer(palette, "blocks", mask)], unit)
