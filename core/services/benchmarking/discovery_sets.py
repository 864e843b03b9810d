"""What discovery is measured on: lots whose classes are known, some of them told, and public real images."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from core.domain.discovery import DEFECT_FREE
from core.services.benchmarking.public_sets import find_magnetic_tiles, write_magnetic_tiles
from core.synthesis import FAMILIES, render_scene

_SEED = 606_000
_KINDS = {
    "beol": ("bridge", "particle", "missing_patch", "open", "hillock", "scratch"),
    "dep": ("particle", "crack", "pit", "peeling"),
    "dpr": ("gate_bridge", "pinhole", "fibre", "missing_fin", "footing", "poly_residue", "odd_tone"),
}
_FAMILIES = {
    "beol": ("comb_fingers", "dense_tracks", "damascene_polygons"),
    "dep": ("granular_metal", "patterned_film"),
    "dpr": ("sram_cells", "fin_gate_array"),
}
_CLEAN_SHARE = 0.2  # of the images
_TOLD_SHARE = 0.5  # of the images of a known class, and of the clean ones


@dataclass(frozen=True, slots=True)
class DiscoverySet:
    """Images with truth and the labels that discovery is told, one table block.

    Attributes:
        name: for folders and tables.
        content: what it shows, in words.
        write: fills a folder with images/, truth.csv (file, label) and labels.csv (image, label), given how many
            images there shall be.
    """

    name: str
    content: str
    write: Callable[[Path, int], None]


def discovery_sets(data: Path | None) -> tuple[DiscoverySet, ...]:
    """Half of a process' kinds known; one process known and another novel; real images with nothing known.

    Args:
        data: folder with public data sets; None, or a folder without them, leaves them out.
    """
    within = [_within(process) for process in _KINDS]
    across = [_across(*pair) for pair in (("beol", "dep"), ("beol", "dpr"), ("dpr", "beol"))]
    tiles = find_magnetic_tiles(data)
    real = [] if tiles is None else [_real(tiles)]
    return (*within, *across, *real)


def _within(process: str) -> DiscoverySet:
    kinds = _KINDS[process]
    known = kinds[: len(kinds) // 2]
    content = f"known: {', '.join(known)}; novel: {', '.join(kinds[len(known) :])}"
    shots = tuple((process, kind) for kind in kinds)
    return DiscoverySet(process, content, partial(_write_generated, shots, known))


def _across(known_process: str, novel_process: str) -> DiscoverySet:
    known = _KINDS[known_process]
    novel = tuple(kind for kind in _KINDS[novel_process] if kind not in known)
    shots = tuple((known_process, kind) for kind in known) + tuple((novel_process, kind) for kind in novel)
    return DiscoverySet(
        f"{known_process}-to-{novel_process}",
        f"known: {', '.join(known)} ({known_process}); novel: {', '.join(novel)} ({novel_process})",
        partial(_write_generated, shots, known),
    )


def _real(tiles: Path) -> DiscoverySet:
    content = "photographs of magnetic tiles, one exposure a tile; five kinds, all novel"
    return DiscoverySet("magnetic-tiles", content, partial(_write_tiles, tiles))


def _write_generated(
    shots: Sequence[tuple[str, str]], known: Sequence[str], folder: Path, count: int
) -> None:
    images = folder / "images"
    images.mkdir(parents=True, exist_ok=True)
    (folder / "masks").mkdir(exist_ok=True)
    rng = np.random.default_rng(_SEED)
    truth, told = [], []
    for number, (process, kind) in enumerate(_plan(shots, count)):
        label = kind or DEFECT_FREE
        name = f"{number:04d}.png"
        family = _family(process, kind, number)
        scene = render_scene(_SEED + number, family=family, kind=kind)
        cv2.imwrite(str(images / name), scene.image)
        cv2.imwrite(str(folder / "masks" / name), scene.mask.astype(np.uint8) * 255)
        truth.append((name, label))
        if label in (*known, DEFECT_FREE) and rng.random() < _TOLD_SHARE:
            told.append((name, label))
    _write_table(folder / "labels.csv", ("image", "label"), told)
    _write_table(folder / "truth.csv", ("file", "label"), truth)


def _plan(shots: Sequence[tuple[str, str]], count: int) -> Iterator[tuple[str, str | None]]:
    """Process and kind of each image: clean ones first, then the kinds in turn, later ones less often."""
    clean = round(_CLEAN_SHARE * count)
    for number in range(clean):
        yield shots[number % len(shots)][0], None
    weights = np.linspace(1.5, 0.5, len(shots))
    sizes = np.maximum((weights / weights.sum() * (count - clean)).astype(int), 4)
    for (process, kind), size in zip(shots, sizes, strict=True):
        for _ in range(size):
            yield process, kind


def _family(process: str, kind: str | None, number: int) -> str:
    fitting = [name for name in _FAMILIES[process] if kind is None or kind in FAMILIES[name].kinds]
    return fitting[number % len(fitting)]


def _write_tiles(source: Path, folder: Path, count: int) -> None:
    """Defective tiles only, and nothing told."""
    write_magnetic_tiles(source, folder, 2 * count)
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as stream:
        rows = [(row["file"], row["label"]) for row in csv.DictReader(stream)]
    for name, label in rows:
        if label == DEFECT_FREE:
            (folder / "images" / name).unlink()
    _write_table(folder / "truth.csv", ("file", "label"), [row for row in rows if row[1] != DEFECT_FREE])
    _write_table(folder / "labels.csv", ("image", "label"), [])


def _write_table(path: Path, columns: Sequence[str], rows: Sequence[tuple[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([columns, *rows])
