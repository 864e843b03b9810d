"""Public real images in the layout that the benchmark reads. The data is the user's; none of it is shipped.

Source:
    Magnetic tiles: Huang et al. 2020, github.com/abin24/Magnetic-tile-defect-datasets.
"""

import csv
import shutil
from pathlib import Path

import cv2
import numpy as np

_FREE = "MT_Free"
_LEAST_SIDE = 96  # smaller cuts show no surroundings to compare with


def find_magnetic_tiles(data: Path | None) -> Path | None:
    """The folder of the magnetic tiles in a data folder; None if it is not there."""
    folder = None if data is None else data / "magnetic_tile"
    return folder if folder is not None and (folder / _FREE).is_dir() else None


def write_magnetic_tiles(source: Path, folder: Path, count: int) -> None:
    """Copy tiles, half of them defective, one exposure of each, evenly over the kinds of defect.

    Args:
        source: with a folder a class; defective images have a mask of the same name.
        folder: gets images/, masks/ and labels.csv.
        count: images in all.
    """
    for part in ("images", "masks"):
        shutil.rmtree(folder / part, ignore_errors=True)
        (folder / part).mkdir(parents=True)
    kinds = [path for path in sorted(source.iterdir()) if path.is_dir() and path.name != _FREE]
    chosen = [(path, "normal") for path in _tiles(source / _FREE)[: count - count // 2]]
    queues = [[(path, kind.name.removeprefix("MT_").lower()) for path in _tiles(kind)] for kind in kinds]
    defective = [queue[turn] for turn in range(count) for queue in queues if turn < len(queue)]
    rows = [_copy(path, label, folder) for path, label in chosen + defective[: count // 2]]
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([("file", "label"), *rows])


def _tiles(folder: Path) -> list[Path]:
    """One exposure of each tile: the number in the name is the tile's."""
    first: dict[str, Path] = {}
    for path in sorted(folder.glob("*.jpg")):
        size = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        if size is not None and min(size.shape) >= _LEAST_SIDE:
            first.setdefault(path.stem.split("num_")[-1], path)
    return list(first.values())


def _copy(path: Path, label: str, folder: Path) -> tuple[str, str]:
    shutil.copyfile(path, folder / "images" / path.name)
    mask = cv2.imread(str(path.with_suffix(".png")), cv2.IMREAD_GRAYSCALE)
    if label != "normal" and mask is not None:
        cv2.imwrite(str(folder / "masks" / f"{path.stem}.png"), np.where(mask > 127, 255, 0).astype(np.uint8))
    return path.name, label
