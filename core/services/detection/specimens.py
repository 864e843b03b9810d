"""Images with what detection found on them, and the crops that discovery is fed with."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.domain.arrays import BoolArray, FloatArray, GrayImage
from core.domain.detections import ModelVerdict
from core.domain.detector import Detector
from core.domain.errors import UserError
from core.domain.lots import FailedImage, ImageRecord
from core.domain.maps import Crop, Mask, Region, ScoreMap
from core.domain.recipes import Recipe
from core.jobs import JobContext
from core.segmentation import cut_crops, find_regions
from core.segmentation.components import label_components
from core.services.detection.cuts import cuts_of
from core.services.detection.measuring import measure_images
from core.services.detection.reading_ahead import read_specimen

_PEAK_SHARE = 0.5  # of the peak's height: what belongs to it
_PEAK_REACH = 0.06  # of the image's longer side: no farther from it


@dataclass(frozen=True, slots=True, eq=False)
class Specimen:
    """One measured image without its info bar.

    Attributes:
        image: (H, W) native pixels.
        score_map: of the same image.
        mask: what is defective.
        regions: of the mask, most anomalous first.
        passed: whether the model calls the image OK.
        floor: map value below which nothing is defective.
    """

    record: ImageRecord
    image: GrayImage
    score_map: ScoreMap
    mask: Mask
    regions: tuple[Region, ...]
    passed: bool
    floor: float


def measure_specimens(
    records: Sequence[ImageRecord], detector: Detector, recipe: Recipe, ctx: JobContext
) -> Iterator[Specimen | FailedImage]:
    """Detect on images and read their pixels.

    Raises:
        JobCancelled: between images.
    """
    floor = cuts_of(recipe, detector).floor
    for measured in measure_images(records, detector, recipe, ctx):
        record, found = measured.record, measured.detection
        if measured.values is None or measured.mask is None or found.score is None:
            yield FailedImage(record.path, record.name, found.error)
            continue
        image = read_specimen(record, ctx)
        if isinstance(image, UserError):  # it vanished since it was measured
            yield FailedImage(record.path, record.name, str(image))
            continue
        rows = np.s_[: record.content_height]
        yield Specimen(
            record=record,
            image=image,
            score_map=ScoreMap(measured.values[rows], found.score),
            mask=Mask(measured.mask[rows]),
            regions=found.regions,
            passed=found.verdict is ModelVerdict.OK,
            floor=floor,
        )


def cut_specimen(specimen: Specimen) -> tuple[Crop, ...]:
    """Crops of the regions; of an image without any, one around the map's peak."""
    if not specimen.regions:
        return cut_peak(specimen)
    return cut_crops(
        specimen.image, specimen.score_map, specimen.mask, specimen.regions, floor=specimen.floor
    )


def cut_peak(specimen: Specimen) -> tuple[Crop, ...]:
    """One crop around the most anomalous place, however little anomalous it is."""
    values = specimen.score_map.values
    floor = min(specimen.floor, _PEAK_SHARE * float(values.max()))
    mask = _around_peak(values, floor)
    regions = find_regions(mask, values)
    return cut_crops(specimen.image, specimen.score_map, Mask(mask), regions, floor=floor)


def _around_peak(values: FloatArray, floor: float) -> BoolArray:
    """Pixels near the peak that hang together with it above the floor."""
    y, x = np.unravel_index(int(values.argmax()), values.shape)
    reach = max(round(_PEAK_REACH * max(values.shape)), 1)
    near = np.zeros(values.shape, np.bool_)
    near[max(y - reach, 0) : y + reach + 1, max(x - reach, 0) : x + reach + 1] = True
    near[near] = values[near] > floor
    near[y, x] = True
    _, labels = label_components(near)
    mask: BoolArray = labels == labels[y, x]
    return mask
