"""Crops of a lot's newest detections, cut from the maps and masks that the history holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from core.domain.errors import UserError
from core.domain.ids import ImageId, RunId
from core.domain.lots import ImageRecord
from core.domain.maps import Crop, Mask, ScoreMap
from core.domain.recipes import Recipe
from core.domain.review import ReviewItem
from core.domain.stored_discovery import CropTable
from core.jobs import JobContext
from core.lots import read_pixels
from core.segmentation.crops import cut_crops
from core.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class PlacedCrop:
    """A crop, and where it comes from."""

    crop: Crop
    image_id: ImageId
    run_id: RunId


def cut_stored_crops(
    workspace: Workspace, items: Sequence[ReviewItem], ctx: JobContext
) -> Iterator[PlacedCrop]:
    """Cut around the regions of each image's newest detection; an image that is gone by now is passed over.

    Raises:
        UserError: the weights that a map was made with, and with them its floor, are not there.
        JobCancelled: between images.
    """
    floor_of = cache(lambda run_id: _floor(workspace, run_id))
    marked = [item for item in items if item.detection is not None and item.detection.regions]
    for item in ctx.track(marked, "cutting defects out"):
        if item.run_id is not None:
            for crop in _cut(workspace, item, floor_of(item.run_id)):
                yield PlacedCrop(crop, item.image_id, item.run_id)


def crop_table(placed: Sequence[PlacedCrop]) -> CropTable:
    """The crops as columns; their confidence is not known yet."""
    count = len(placed)
    return CropTable(
        image_ids=np.array([each.image_id for each in placed], np.int64),
        run_ids=np.array([each.run_id for each in placed], np.int64),
        boxes_xywh=np.array([each.crop.region.bbox_xywh for each in placed], np.int64).reshape(count, 4),
        squares=np.array(
            [(*each.crop.origin_xy, each.crop.pixels.shape[0]) for each in placed], np.int64
        ).reshape(count, 3),
        scores=np.array([each.crop.region.score for each in placed], np.float32),
        confidence=np.zeros(count, np.float32),
    )


def _cut(workspace: Workspace, item: ReviewItem, floor: float) -> tuple[Crop, ...]:
    files = workspace.history.output_files(item.image_id)
    if files is None or item.detection is None or not isinstance(item.record, ImageRecord):
        return ()
    try:
        pixels = read_pixels(item.record)
    except UserError:
        return ()  # the file is gone or another one now; the review says so when it is looked at
    rows = np.s_[: item.record.content_height]
    score_map = ScoreMap(workspace.maps.load_map(files[0])[rows], item.detection.score or 0.0)
    mask = Mask(workspace.maps.load_mask(files[1])[rows])
    return cut_crops(pixels[rows], score_map, mask, item.detection.regions, floor=floor)


def _floor(workspace: Workspace, run_id: RunId) -> float:
    """The floor that was in force in a run: the recipe's own, or else that of the weights."""
    recipe = Recipe.model_validate_json(workspace.history.run(run_id).recipe_json)
    if recipe.segmentation.floor is not None:
        return recipe.segmentation.floor
    from core.services.detection.detectors import (
        load_detector,  # torch takes seconds: imported here, in the worker
    )

    return load_detector(recipe.detector, "cpu").calibration.floor
