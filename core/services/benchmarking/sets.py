"""What is measured on: generated images of layouts that the training never saw, and public real ones."""

from dataclasses import dataclass
from pathlib import Path

from core.services.benchmarking.public_sets import find_magnetic_tiles, write_magnetic_tiles
from core.synthesis import FAMILIES, write_corpus

_SEED = 505_000
_PROCESSES = ("beol", "dep", "dpr")


@dataclass(frozen=True, slots=True)
class BenchmarkSet:
    """Images with truth, one table block.

    Attributes:
        name: for folders and tables.
        held_out: whether it shows layouts that the training never saw; contenders run on these only.
        content: what it shows, in words: layout families, or the data's name.
        families: layout families it is rendered from; empty for real images.
        real: folder that real images are taken from; None for generated ones.
    """

    name: str
    held_out: bool
    content: str
    families: tuple[str, ...] = ()
    real: Path | None = None


def benchmark_sets(data: Path | None) -> tuple[BenchmarkSet, ...]:
    """Held-out layouts first, they are what a new product looks like; then real images; then known families.

    Args:
        data: folder with public data sets; None, or a folder without them, leaves them out.
    """
    tiles = find_magnetic_tiles(data)
    real = (
        ()
        if tiles is None
        else (BenchmarkSet("magnetic-tiles", True, "photographs of magnetic tiles", (), tiles),)
    )
    return (*_generated(held_out=True), *real, *_generated(held_out=False))


def _generated(*, held_out: bool) -> tuple[BenchmarkSet, ...]:
    sets = []
    for process in _PROCESSES:
        families = tuple(
            name
            for name, family in FAMILIES.items()
            if family.process == process and family.held_out is held_out
        )
        name = f"{process}-{'held-out' if held_out else 'fresh-seeds'}"
        sets.append(BenchmarkSet(name, held_out, ", ".join(families), families))
    return tuple(sets)


def write_set(one: BenchmarkSet, folder: Path, count: int) -> None:
    """Fill a folder with images/, masks/ and labels.csv, unless it holds that many images already."""
    if (folder / "labels.csv").is_file() and len(list((folder / "images").iterdir())) == count:
        return
    if one.real is not None:
        write_magnetic_tiles(one.real, folder, count)
        return
    process = one.name.split("-")[0]
    seed = _SEED + _PROCESSES.index(process) + 10 * one.held_out
    write_corpus(folder, count=count, seed=seed, families=one.families)
