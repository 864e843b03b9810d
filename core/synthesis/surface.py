"""A layout to the two maps that an electron beam sees: material yield and height."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from core.domain.arrays import FloatArray
from core.synthesis.layout import Layer, Layout, Stamp

# Slope of a Gaussian-blurred edge is 1 / (sigma * sqrt(2 pi)): turns blurred values into distances.
EDGE_SLOPE = 2.5066


@dataclass(frozen=True, slots=True)
class Surface:
    """The sample as imaged.

    Attributes:
        tone: (H, W) float32 material yield.
        height: (H, W) float32, 1 is a usual step.
    """

    tone: FloatArray
    height: FloatArray


def layer_coverage(layer: Layer, edge_field: FloatArray) -> FloatArray:
    """How much of each pixel the layer covers, with rounded corners and rough edges.

    Args:
        layer: the shapes and their transfer.
        edge_field: (H, W) unit-variance displacement field.

    Returns:
        (H, W) float32 in [0, 1].
    """
    blurred: FloatArray = cv2.GaussianBlur(layer.mask, (0, 0), layer.rounding_px).astype(np.float32)
    blurred *= np.float32(1 / 255)
    gain = layer.rounding_px * EDGE_SLOPE / layer.sidewall_px
    coverage = blurred * np.float32(gain) + np.float32(0.5 - gain / 2)
    if layer.roughness_px > 0:
        # Weighted by nearness to an edge, or strong displacements would raise islands on open ground.
        near = blurred * (np.float32(4) - np.float32(4) * blurred)
        coverage += near * edge_field * np.float32(layer.roughness_px / layer.sidewall_px)
    clipped: FloatArray = np.clip(coverage, 0, 1)
    return clipped


def build_surface(layout: Layout) -> Surface:
    """Stacks base, buried stamps, layers, film and stamps on top."""
    surface = Surface(layout.base_tone.copy(), layout.base_height.copy())
    for stamp in layout.stamps:
        if stamp.buried:
            _press(surface, stamp)
    for layer in layout.layers:
        surface = _add_layer(surface, layer, layout)
    if layout.conformal_px > 0:
        surface = _deposit(surface, layout.conformal_px)
    for stamp in layout.stamps:
        if not stamp.buried:
            _press(surface, stamp)
    return surface


def _add_layer(surface: Surface, layer: Layer, layout: Layout) -> Surface:
    coverage = layer_coverage(layer, layout.edge_field)
    tone: FloatArray | np.float32 = np.float32(layer.tone)
    if layer.grain > 0:
        tone = tone + layout.grain_field * np.float32(layer.grain)
    weight = coverage * np.float32(layer.opacity)
    blended = surface.tone + weight * (tone - surface.tone)
    return Surface(blended, surface.height + coverage * np.float32(layer.height))


def _deposit(surface: Surface, film_px: float) -> Surface:
    height: FloatArray = cv2.GaussianBlur(surface.height, (0, 0), film_px)
    tone: FloatArray = cv2.GaussianBlur(surface.tone, (0, 0), film_px)
    return Surface(tone, height)


def _press(surface: Surface, stamp: Stamp) -> None:
    """Applies a stamp in place, clipped to the image."""
    rows, columns, patch = _clip(stamp, surface.tone.shape[0], surface.tone.shape[1])
    if patch.alpha.size == 0:
        return
    tone, height = surface.tone[rows, columns], surface.height[rows, columns]
    tone += patch.alpha * (patch.tone - tone) + patch.tint
    if patch.cover > 0:
        height -= patch.alpha * np.float32(patch.cover) * (height - np.float32(np.median(height)))
    height += patch.rise


def _clip(stamp: Stamp, height: int, width: int) -> tuple[slice, slice, Stamp]:
    bottom, right = stamp.top + stamp.alpha.shape[0], stamp.left + stamp.alpha.shape[1]
    rows = slice(min(max(stamp.top, 0), height), max(min(bottom, height), 0))
    columns = slice(min(max(stamp.left, 0), width), max(min(right, width), 0))
    inner_rows = slice(rows.start - stamp.top, max(rows.stop - stamp.top, 0))
    inner_columns = slice(columns.start - stamp.left, max(columns.stop - stamp.left, 0))
    patch = replace(
        stamp,
        alpha=stamp.alpha[inner_rows, inner_columns],
        tone=stamp.tone[inner_rows, inner_columns],
        rise=stamp.rise[inner_rows, inner_columns],
        tint=stamp.tint[inner_rows, inner_columns],
    )
    return rows, columns, patch
