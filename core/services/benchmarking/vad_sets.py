"""The sets that can be had: the user's data in the field's layouts, or generated ones.

Source:
    MIIC: Huang et al. 2021, for non-commercial research; its readme says that the test images are among those of the
    training folder. MVTec AD's layout: Bergmann et al. 2019. Magnetic tiles: Huang et al. 2020.
"""

import hashlib
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from core.domain.errors import UserError
from core.services.benchmarking.vad_set import NORMAL, VadCase, VadSet
from core.synthesis import FAMILIES, write_corpus

_IMAGES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp")
_SEED = 770_000
_SIDE = 256
_TRAINED_SHARE = 2 / 3
_TILE_NUMBER = "num_"


def vad_sets(root: Path) -> list[VadSet]:
    """The sets in a folder: MIIC's, MVTec's or the magnetic tiles' layout, itself or in its sub-folders.

    Raises:
        UserError: there are none.
    """
    folders = [root, *sorted(path for path in root.iterdir() if path.is_dir())] if root.is_dir() else []
    sets = [found for folder in folders if (found := _set_of(folder)) is not None]
    if not sets:
        raise UserError(
            f"{root} holds no data in a layout that is known.",
            "Known are MIIC (Anomaly_train, Anomaly_test), MVTec (train/good, test, ground_truth) and magnetic tiles.",
        )
    return sets


def generated_set(folder: Path, count: int) -> VadSet:
    """A MIIC-like set: metal layers, mostly of other layouts in each image; rendered once.

    Args:
        folder: for the images.
        count: to learn from, and as many to test on, about half of them defective.
    """
    families = tuple(name for name, family in FAMILIES.items() if family.process == "beol")
    parts = {"train": (0.0, _SEED), "test": (0.5, _SEED + 1)}
    for name, (share, seed) in parts.items():
        if len(list((folder / name / "images").glob("*.png"))) != count:
            shutil.rmtree(folder / name, ignore_errors=True)
            write_corpus(
                folder / name,
                count=count,
                seed=seed,
                families=families,
                size_hw=(_SIDE, _SIDE),
                defect_probability=share,
            )
    cases = tuple(
        VadCase(path, NORMAL if not mask.is_file() else "defect", mask if mask.is_file() else None)
        for path in _images(folder / "test" / "images")
        for mask in [folder / "test" / "masks" / path.name]
    )
    return VadSet(
        "generated",
        f"generated metal layers: {', '.join(families)}",
        _images(folder / "train" / "images"),
        cases,
    )


def _set_of(folder: Path) -> VadSet | None:
    if (folder / "Anomaly_train").is_dir() and (folder / "Anomaly_test").is_dir():
        return _miic(folder)
    if (folder / "train" / "good").is_dir() and (folder / "test").is_dir():
        return _mvtec(folder)
    return _tiles(folder) if (folder / "MT_Free").is_dir() else None


def _miic(folder: Path) -> VadSet:
    """The training folder holds the test images too, normal and abnormal: they are taken out by their bytes."""
    test = folder / "Anomaly_test"
    clean, abnormal = _images(test / "normal_img"), _images(test / "abnormal_img")
    tested = {_digest(path) for path in (*clean, *abnormal)}
    normals = tuple(path for path in _images(folder / "Anomaly_train") if _digest(path) not in tested)
    defective = (VadCase(path, "abnormal", _mask_of(path, test / "abnormal_mask")) for path in abnormal)
    cases = (*(VadCase(path) for path in clean), *defective)
    return VadSet(
        "miic", "SEM images of a metal layer; test images taken out of the training folder", normals, cases
    )


def _mvtec(folder: Path) -> VadSet:
    cases = [VadCase(path) for path in _images(folder / "test" / "good")]
    for kind in sorted((folder / "test").iterdir()):
        if kind.is_dir() and kind.name != "good":
            masks = folder / "ground_truth" / kind.name
            cases += [VadCase(path, kind.name, _mask_of(path, masks)) for path in _images(kind)]
    content = f"{folder.name}, as its folders split it"
    return VadSet(folder.name, content, _images(folder / "train" / "good"), tuple(cases))


def _tiles(folder: Path) -> VadSet:
    """Split by tile: exposures of a tile that is learned from are not tested on, defective or not."""
    free = _images(folder / "MT_Free", (".jpg",))
    numbers = sorted({_tile_of(path) for path in free})
    learned = set(numbers[: round(len(numbers) * _TRAINED_SHARE)])
    cases = [VadCase(path) for path in free if _tile_of(path) not in learned]
    for kind in sorted(path for path in folder.iterdir() if path.is_dir() and path.name != "MT_Free"):
        found = [path for path in _images(kind, (".jpg",)) if _tile_of(path) not in learned]
        cases += [
            VadCase(path, kind.name.removeprefix("MT_").lower(), path.with_suffix(".png")) for path in found
        ]
    normals = tuple(path for path in free if _tile_of(path) in learned)
    return VadSet("magnetic-tiles", "photographs of magnetic tiles, split by tile", normals, tuple(cases))


def _tile_of(path: Path) -> str:
    return path.stem.split(_TILE_NUMBER)[-1]


def _mask_of(image: Path, masks: Path) -> Path:
    """The mask file of an image: named like it, or with `_mask` behind.

    Raises:
        UserError: there is none.
    """
    for stem in (f"{image.stem}_mask", image.stem):
        for suffix in _IMAGES:
            if (masks / f"{stem}{suffix}").is_file():
                return masks / f"{stem}{suffix}"
    raise UserError(f"{image.name} has no mask in {masks}.")


def _images(folder: Path, suffixes: Sequence[str] = _IMAGES) -> tuple[Path, ...]:
    found: Iterable[Path] = folder.iterdir() if folder.is_dir() else ()
    return tuple(sorted(path for path in found if path.suffix.lower() in suffixes))


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
