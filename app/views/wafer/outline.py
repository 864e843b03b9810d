"""The lines of a wafer: its rim with the mark, its edge exclusion, and the grid of its dies."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath

Lines = tuple[NDArray[np.float64], NDArray[np.float64]]

_NOTCH_SHARE, _FLAT_SHARE = 0.02, 0.19
"""Of the diameter: the notch is drawn larger than it is, so that it is seen; half of the flat's length."""
_FULL_DEG, _DOWN_DEG = 360.0, 270.0


def rim_path(diameter: float, mark: str) -> QPainterPath:
    """The rim of a wafer, its mark at the bottom; y points up."""
    radius = diameter / 2
    path = QPainterPath()
    if mark == "flat":
        half = float(np.degrees(np.arcsin(2 * _FLAT_SHARE)))
        box = QRectF(-radius, -radius, diameter, diameter)
        path.arcMoveTo(box, _down(half))
        path.arcTo(box, _down(half), -(_FULL_DEG - 2 * half))
        path.closeSubpath()
        return path
    path.addEllipse(QPointF(0, 0), radius, radius)
    if mark == "notch":
        notch = QPainterPath()
        notch.addEllipse(QPointF(0, -radius), _NOTCH_SHARE * diameter, _NOTCH_SHARE * diameter)
        return path.subtracted(notch)
    return path


def ring_path(inner: float, outer: float) -> QPainterPath:
    """What lies between two circles around the centre."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    for radius in (outer, inner):
        path.addEllipse(QPointF(0, 0), radius, radius)
    return path


def _down(aside_deg: float) -> float:
    """Qt counts angles for a y that points down; the map's points up, so its bottom is Qt's top."""
    return _FULL_DEG - _DOWN_DEG - aside_deg


def grid_lines(boxes: NDArray[np.float64]) -> Lines:
    """The edges of dies as few long lines.

    Args:
        boxes: (D, 4) left, bottom, right, top.

    Returns:
        x and y of the ends, two of each line.
    """
    if not len(boxes) or not np.isfinite(boxes).all():
        return np.zeros(0), np.zeros(0)
    left, bottom, right, top = boxes.T
    upright = _joined(np.concatenate([left, right]), np.tile(bottom, 2), np.tile(top, 2))
    level = _joined(np.concatenate([bottom, top]), np.tile(left, 2), np.tile(right, 2))
    x = np.concatenate([np.repeat(upright[:, 0], 2), level[:, 1:].reshape(-1)])
    y = np.concatenate([upright[:, 1:].reshape(-1), np.repeat(level[:, 0], 2)])
    return x, y


def _joined(
    at: NDArray[np.float64], begin: NDArray[np.float64], end: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(M, 3) place, begin and end of lines, pieces that touch made one."""
    unit = max(float((end - begin).min()), 1e-9) * 1e-3
    keys = np.round(np.stack([at, begin, end]) / unit)
    _, first = np.unique(keys, axis=1, return_index=True)
    order = first[np.lexsort((keys[1, first], keys[0, first]))]
    same = np.diff(keys[0, order]) == 0
    touches = np.abs(keys[2, order][:-1] - keys[1, order][1:]) <= 1
    cuts = np.concatenate([[True], ~(same & touches)])
    stops = np.concatenate([np.flatnonzero(cuts)[1:] - 1, [len(order) - 1]])
    return np.stack([at[order[cuts]], begin[order[cuts]], end[order[stops]]], axis=1)
