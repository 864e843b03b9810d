"""Two inspected wafers as KLARF files with their images, to try the wafer screen on."""

from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray

from core.domain.errors import UserError
from core.jobs import JobContext
from core.klarf.flat_new import NewDefect, NewWafer, new_flat_text
from core.synthesis import render_scene

_SEED = 90
_SIDE = (448, 448)
_PITCH_UM = (12_000.0, 9_500.0)
_REACH_UM = 146_000.0
_CLASSES = {0: "Unclassified", 1: "Particle", 2: "Bridge", 3: "Open", 4: "Scratch"}
_SHOTS: tuple[tuple[str, str | None, int], ...] = (
    ("damascene_polygons", "particle", 1),
    ("brick_runs", "bridge", 2),
    ("dense_tracks", "open", 3),
    ("lines_spaces", "scratch", 4),
    ("grid_routing", "particle", 1),
    ("comb_fingers", "bridge", 2),
    ("sparse_routing", None, 0),
    ("multilevel_routing", "scratch", 4),
)
_WAFERS = (("W01", 1, "edge"), ("W02", 2, "scratch"))

FIRST_WAFER = "W01.001"
"""File of the first wafer."""


def write_demo_wafers(folder: Path, ctx: JobContext) -> Path:
    """Write `W01.001` and `W02.001` with `W01.tif` and `W02.tif`; the same each time.

    Particles lie anywhere; one wafer has a crowd of them at its edge, the other a scratch across.

    Args:
        folder: made when it is not there.

    Raises:
        UserError: the folder cannot be written.
        JobCancelled: between wafers.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for wafer, slot, signature in ctx.track(_WAFERS, "writing the demo wafers"):
            _write_wafer(folder, wafer, slot, signature)
    except OSError as error:
        raise UserError(f"The demo wafers cannot be written to {folder}: {error.strerror}.") from error
    return folder


def _write_wafer(folder: Path, wafer: str, slot: int, signature: str) -> None:
    shots = [
        render_scene(_SEED + 100 * slot + page, family=family, kind=kind, size_hw=_SIDE)
        for page, (family, kind, _) in enumerate(_SHOTS)
    ]
    stack = folder / f"{wafer}.tif"
    tifffile.imwrite(stack, np.stack([shot.image for shot in shots]), photometric="minisblack")
    plan = NewWafer("DEMO", wafer, "M1_CMP", slot, stack.name, _PITCH_UM, _dies(), _CLASSES)
    text = new_flat_text(plan, _defects(np.random.default_rng([_SEED, slot]), signature))
    (folder / f"{wafer}.001").write_text(text, encoding="ascii", newline="\n")


def _dies() -> list[tuple[int, int]]:
    """Dies that lie on the wafer with all four corners."""
    reach = range(-13, 14)
    corners = np.array([(x, y) for x in (-0.5, 0.5) for y in (-0.5, 0.5)])
    return [
        (x, y)
        for x in reach
        for y in reach
        if np.hypot(*((corners + np.array((x, y))) * _PITCH_UM).T).max() < _REACH_UM
    ]


def _defects(draw: np.random.Generator, signature: str) -> list[NewDefect]:
    """Defects of a wafer; a few of each class have an image."""
    crowd, kind = (_edge_crowd(draw), 1) if signature == "edge" else (_scratch(draw), 4)
    scattered = _scatter(draw, 70)
    numbers = [*draw.integers(0, len(_CLASSES), len(scattered)).tolist(), *[kind] * len(crowd)]
    inspected = set(_dies())
    found = [
        (place, number)
        for place, number in zip(np.concatenate([scattered, crowd]), numbers, strict=True)
        if _die_of(place) in inspected
    ]
    pages = _pages([number for _, number in found])
    return [_defect(draw, place, number, pages.get(row)) for row, (place, number) in enumerate(found)]


def _pages(numbers: list[int]) -> dict[int, int]:
    """Which page shows which defect, by its row: each shot goes to a defect of its class."""
    pages: dict[int, int] = {}
    for page, (_, _, wanted) in enumerate(_SHOTS, start=1):
        row = next(row for row, number in enumerate(numbers) if number == wanted and row not in pages)
        pages[row] = page
    return pages


def _defect(
    draw: np.random.Generator, place: NDArray[np.float64], number: int, page: int | None
) -> NewDefect:
    die = _die_of(place)
    x, y = place - (np.array(die) - 0.5) * _PITCH_UM
    width, height = np.exp(draw.uniform(np.log(0.05), np.log(4.0), 2))
    return NewDefect((float(x), float(y)), die, (float(width), float(height)), number, page)


def _die_of(place: NDArray[np.float64]) -> tuple[int, int]:
    """Column and row of the die that a place in µm from the centre lies in; die 0, 0 is centred."""
    column, row = np.floor(place / _PITCH_UM + 0.5).astype(int)
    return int(column), int(row)


def _scatter(draw: np.random.Generator, count: int) -> NDArray[np.float64]:
    """(N, 2) µm from the wafer's centre, evenly over its area."""
    return _polar(_REACH_UM * np.sqrt(draw.random(count)), draw.uniform(0, 2 * np.pi, count))


def _edge_crowd(draw: np.random.Generator) -> NDArray[np.float64]:
    """(N, 2) µm: particles that came in where a gripper holds the wafer."""
    depth = np.abs(draw.normal(0, 9_000, 45))
    return _polar(_REACH_UM - 4_000 - depth, draw.normal(0.7, 0.2, 45))


def _scratch(draw: np.random.Generator) -> NDArray[np.float64]:
    """(N, 2) µm along an arc, as a grain under a polishing pad leaves it."""
    along = np.sort(draw.random(40))
    arc = np.stack([-70_000 + 140_000 * along, 25_000 + 60_000 * along * (1 - along)], axis=1)
    return arc + draw.normal(0, 700, arc.shape)


def _polar(radius: NDArray[np.float64], turn: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=1)
