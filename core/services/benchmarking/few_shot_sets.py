"""Sets with labelled defects: generated products, a generated set without recurring layouts, public real ones."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from core.domain.discovery import DEFECT_FREE
from core.lots import read_gray
from core.services.benchmarking.few_shot_products import product_sets
from core.services.benchmarking.few_shot_samples import FewShotSet, Sample
from core.services.benchmarking.public_sets import find_magnetic_tiles
from core.synthesis import FAMILIES, ImagingStyle, render_scene
from core.synthesis.style import reacquired

_SEED = 717_000_000
_SIDE = (256, 256)
_LEAST_AREA_PX = 60
"""A review image is aimed at its defect: what covers less of it was not what it was taken for."""
_PRODUCT = ImagingStyle(edge_gain=0.5, dose=160, psf_px=0.9, read_noise=0.01, illumination=0.05)
_CLASSES = {
    "bridge": "bridge",
    "copper residue": "extra_metal",
    "hole": "void",
    "in-film": "buried_particle",
    "particle": "particle",
    "scratch": "scratch",
}
_FAMILIES = ("comb_fingers", "damascene_polygons")


def few_shot_sets(data: Path | None) -> tuple[FewShotSet, ...]:
    """The generated products, the harder generated set, and the public set where it is there.

    Args:
        data: folder with public data sets, if there are any.
    """
    content = (
        f"generated, every image another layout and other materials: {' and '.join(_FAMILIES)} (families that no "
        f"training saw), one microscope setting with the drift of days, {_SIDE[0]} px, defects of at least "
        f"{_LEAST_AREA_PX} px"
    )
    sets = [*product_sets(), FewShotSet("generated", content, tuple(_CLASSES), _render)]
    tiles = find_magnetic_tiles(data)
    if tiles is not None:
        kinds = tuple(
            path.name.removeprefix("MT_").lower()
            for path in sorted(tiles.iterdir())
            if path.is_dir() and path.name != "MT_Free"
        )
        words = "photographs of magnetic tiles, one exposure a tile"
        sets.append(FewShotSet("magnetic-tiles", words, kinds, partial(_read_tiles, tiles)))
    return tuple(sets)


def _render(label: str) -> Iterator[Sample]:
    kind = None if label == DEFECT_FREE else _CLASSES[label]
    place = (DEFECT_FREE, *_CLASSES).index(label)
    for number in range(1_000_000):
        seed = _SEED + 1_000_000 * place + number
        rng = np.random.default_rng(seed)
        family = _FAMILIES[number % len(_FAMILIES)]
        if kind is not None and kind not in FAMILIES[family].kinds:
            continue
        scene = render_scene(seed, family=family, kind=kind, size_hw=_SIDE, style=reacquired(rng, _PRODUCT))
        if kind is None or np.count_nonzero(scene.mask) >= _LEAST_AREA_PX:
            yield Sample(scene.image, scene.mask, label)


def _read_tiles(folder: Path, label: str) -> Iterator[Sample]:
    """One exposure of each tile: the number in the name is the tile's."""
    own = folder / ("MT_Free" if label == DEFECT_FREE else f"MT_{label.capitalize()}")
    seen: set[str] = set()
    for path in sorted(own.glob("*.jpg")):
        tile = path.stem.split("num_")[-1]
        image = read_gray(path)
        if tile in seen or min(image.shape) < 96:
            continue
        seen.add(tile)
        mask = np.zeros(image.shape, np.bool_)
        if label != DEFECT_FREE:
            mask = read_gray(path.with_suffix(".png")) > 127
        if label == DEFECT_FREE or mask.any():
            yield Sample(image, mask, label)
