"""Islands and trenches: tilted active areas, lined trenches, pillars."""

import cv2
import numpy as np

from core.synthesis.drawing import Frame, draw_boxes, draw_discs, fill_polygons, oriented_box
from core.synthesis.layout import Layout
from core.synthesis.layouts.beol_arrays import lattice
from core.synthesis.layouts.dpr_gates import column_boxes
from core.synthesis.layouts.materials import assemble, make_layer, sample_palette
from core.synthesis.randomness import Rng, chance, log_uniform, uniform


def tilted_islands(rng: Rng, frame: Frame) -> Layout:
    """Elongated islands in a slanted lattice, as in DRAM, sometimes with word lines across."""
    width = log_uniform(rng, 5, 26)
    length = width * uniform(rng, 2.2, 5)
    angle = uniform(rng, 0.2, 0.6)
    palette = sample_palette(rng, width * 0.8)
    islands = frame.blank()
    pitch = (length + width * uniform(rng, 0.7, 1.4), width * uniform(rng, 1.7, 2.4))
    centres = lattice(frame, pitch, float(rng.choice([0.5, 0.33])), (0, 0))
    boxes = np.stack([oriented_box(centre, angle, length - width, width) for centre in centres])
    fill_polygons(islands, frame.to_image(boxes))
    ends = np.array([np.cos(angle), np.sin(angle)]) * (length - width) / 2
    caps = np.concatenate([centres + ends, centres - ends])
    draw_discs(islands, frame, caps, np.full((len(caps), 2), width / 2))
    layers = [make_layer(palette, "fins", islands)]
    if chance(rng, 0.35):
        words = frame.blank()
        draw_boxes(words, frame, column_boxes(frame, pitch[0] / 2, width * 0.6, 0))
        layers.append(make_layer(palette, "gates", words, second=True, scale=uniform(rng, 0.3, 0.8)))
    return assemble(rng, frame, palette, layers, pitch[1])


def lined_trenches(rng: Rng, frame: Frame) -> Layout:
    """Trenches with a liner and a fill: nested bars in rows with dead ends."""
    pitch = log_uniform(rng, 22, 76)
    width = pitch * uniform(rng, 0.45, 0.65)
    liner = pitch * uniform(rng, 0.08, 0.13)
    palette = sample_palette(rng, max(liner * 1.2, 3))
    length = pitch * uniform(rng, 2, 9)
    gap = pitch * uniform(rng, 0.5, 1)
    centres = lattice(frame, (length + gap, pitch), float(rng.choice([0, 0.5])), (uniform(rng, 0, length), 0))
    half = np.array([length, width]) / 2
    outer, inner = frame.blank(), frame.blank()
    draw_boxes(outer, frame, np.concatenate([centres - half, centres + half], axis=-1))
    half = half - liner
    draw_boxes(inner, frame, np.concatenate([centres - half, centres + half], axis=-1))
    fill = make_layer(palette, "gates", inner, second=True, scale=-uniform(rng, 0.2, 1.1))
    return assemble(rng, frame, palette, [make_layer(palette, "spacers", outer), fill], pitch)


def pillar_array(rng: Rng, frame: Frame) -> Layout:
    """Pillars with a ring around them, hexagonal or square."""
    pitch = log_uniform(rng, 16, 72)
    radius = pitch * uniform(rng, 0.26, 0.38)
    ring = radius * uniform(rng, 0.25, 0.45)
    palette = sample_palette(rng, max(ring, 3))
    stagger = float(rng.choice([0, 0.5]))
    points = lattice(frame, (pitch, pitch * (0.87 if stagger else 1)), stagger, (0, 0))
    spread = 1 + 0.02 * rng.standard_normal((len(points), 1))
    outer, inner = frame.blank(), frame.blank()
    draw_discs(outer, frame, points, np.repeat(radius * spread, 2, axis=1))
    draw_discs(inner, frame, points, np.repeat((radius - ring) * spread, 2, axis=1))
    core = make_layer(palette, "holes", inner, second=True, scale=uniform(rng, -1.0, 0.3))
    if chance(rng, 0.3):
        return assemble(rng, frame, palette, [make_layer(palette, "holes", outer)], pitch)
    shell = make_layer(palette, "holes", cv2.subtract(outer, inner) if chance(rng, 0.2) else outer)
    return assemble(rng, frame, palette, [shell, core], pitch)
