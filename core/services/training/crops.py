"""Crops of generated defects, rendered ahead: what the embedding is trained and measured on."""

from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import BoolArray, FloatArray
from core.domain.errors import UserError
from core.domain.maps import Crop, Mask, Region, ScoreMap
from core.jobs import JobContext
from core.segmentation.crops import cut_crops
from core.segmentation.regions import find_regions
from core.services.training.rendering import ArrayFile, render_arrays
from core.synthesis import FAMILIES, KINDS, Scene, render_scene

MARGIN = 1.25
"""How much wider than the product's crop a kept window is, so that training can shift, turn and scale inside it."""
_FLOOR = 0.2


@dataclass(frozen=True, slots=True)
class CropPlan:
    """What to render.

    Attributes:
        count: crops.
        image_side: of the images that they are cut from, in pixels.
        side: to which windows are resized; the crop itself is the central side / MARGIN.
        seed: of the first; crop i has seed + i.
        families, kinds: allowed layouts and defects.
    """

    count: int
    image_side: int
    side: int
    seed: int
    families: tuple[str, ...]
    kinds: tuple[str, ...]


def render_crop_windows(plan: CropPlan, folder: Path, ctx: JobContext) -> None:
    """Write windows.npy (N, 2, S, S) uint8 (pixels, mask), kinds.npy and families.npy (N,) int16.

    The last two are indices into the tables KINDS and FAMILIES; kinds come equally often, each on a random layout
    that it can occur on. Goes on where an earlier call stopped.

    Raises:
        UserError: the folder holds crops of another plan, or of nobody knows which.
        JobCancelled: stopped between chunks; what is rendered stays.
    """
    files = (
        ArrayFile("windows", np.uint8, (2, plan.side, plan.side)),
        ArrayFile("kinds", np.int16),
        ArrayFile("families", np.int16),
    )
    render_arrays(folder, asdict(plan), plan.count, files, partial(_render_one, plan), ctx)


def _render_one(plan: CropPlan, index: int) -> tuple[NDArray[np.uint8], int, int]:
    scene = draw_scene(plan, plan.seed + index)
    window = cut_window(scene.image, scene.mask, plan.side)
    return window, list(KINDS).index(scene.kind or ""), list(FAMILIES).index(scene.family)


def draw_scene(plan: CropPlan, seed: int) -> Scene:
    """Each kind in turn, on a layout drawn by chance: rare kinds must not drown."""
    rng = np.random.default_rng(seed)
    placeable = [kind for kind in plan.kinds if _layouts(plan, kind)]
    kind = placeable[seed % len(placeable)]
    family = str(rng.choice(_layouts(plan, kind)))
    return render_scene(seed, family=family, kind=kind, size_hw=(plan.image_side, plan.image_side))


def _layouts(plan: CropPlan, kind: str) -> list[str]:
    return [family for family in plan.families if kind in FAMILIES[family].kinds]


def cut_window(image: NDArray[np.uint8], mask: BoolArray, side: int) -> NDArray[np.uint8]:
    """(2, side, side): the product's crop around the largest defect, with a margin, and its mask times 255."""
    values = mask.astype(np.float32)
    largest = max(find_regions(mask, values), key=lambda region: region.area_px)
    found = cut_crops(image, ScoreMap(values, 1.0), Mask(mask), (largest,), floor=_FLOOR)[0]
    width = found.pixels.shape[0]
    extra = round(width * (MARGIN - 1) / 2)
    span = [slice(origin, origin + width + 2 * extra) for origin in found.origin_xy[::-1]]
    padded = (
        np.pad(array, extra, mode="reflect")[tuple(span)] for array in (image, mask.astype(np.uint8) * 255)
    )
    method = cv2.INTER_AREA if width + 2 * extra > side else cv2.INTER_LINEAR
    return np.stack([cv2.resize(part, (side, side), interpolation=method) for part in padded])


@dataclass(frozen=True, slots=True, eq=False)
class CropSet:
    """Rendered defects.

    Attributes:
        windows: (N, 2, S, S) uint8: pixels, and the exact mask times 255.
        kinds, families: (N,) names.
    """

    windows: NDArray[np.uint8]
    kinds: NDArray[np.str_]
    families: NDArray[np.str_]


def open_crops(folder: Path) -> CropSet:
    """Map what `render_crop_windows` wrote.

    Raises:
        UserError: it is not there or cut off.
    """
    try:
        arrays = [np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("windows", "kinds", "families")]
    except (OSError, ValueError) as error:
        raise UserError(
            f"The crops in {folder} cannot be read.", "Delete it to render them again."
        ) from error
    names = np.array(list(KINDS)), np.array(list(FAMILIES))
    return CropSet(arrays[0], names[0][arrays[1]], names[1][arrays[2]])


def central_crop(window: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(2, S, S) of a (2, side, side) window: the crop as the product cuts it."""
    side = window.shape[-1]
    size = round(side / MARGIN)
    start = (side - size) // 2
    return window[:, start : start + size, start : start + size]


def as_crop(window: NDArray[np.uint8]) -> Crop:
    """The product's crop out of a window, with its exact mask."""
    pixels, mask = central_crop(window).astype(np.float32) / 255
    values = np.asarray(mask, np.float32)
    found = find_regions(values > _FLOOR, values)
    largest = max(found, key=lambda region: region.area_px, default=_whole(values))
    return Crop((0, 0), pixels, values, largest)


def _whole(values: FloatArray) -> Region:
    """Of a crop whose defect is thinner than a pixel of it."""
    height, width = values.shape
    return Region((0, 0, width, height), width * height, (width / 2, height / 2), float(values.max()))
