"""A learned embedding, measured descriptors and what kinds differ by, as one vector."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from core.discovery.embedder import Embedder
from core.discovery.embedding.backbones import shipped_file
from core.discovery.embedding.descriptors import DESCRIPTORS, measure_defect
from core.discovery.embedding.metric import KindMetric
from core.discovery.embedding.outline import outline_crop
from core.discovery.kmeans import unit_rows
from core.domain.arrays import FloatArray
from core.domain.errors import UserError
from core.domain.maps import Crop

SCALES_FILE = "descriptors.json"
_LARGEST = 3.0  # spreads from the middle: beyond, a descriptor must not outvote the others
_LEAST_SPREAD = 1e-3
_METRIC_WEIGHT = 0.8
_LEARNED_WEIGHT = 0.5  # beside the metric, which bears what was learned too; 1 without it


class DescriptorScales(BaseModel):
    """Where the middle of each descriptor lies and how far it spreads, over many generated defects.

    Attributes:
        version: of `measure_defect`; other versions measure other things.
        middle, spread: (D,) each.
        fitted: on what.
        metric: what kinds differ by, in the embedding that it was fitted with; None where none was.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = 2
    middle: tuple[float, ...]
    spread: tuple[float, ...]
    fitted: dict[str, str | int] = {}
    metric: KindMetric | None = None

    def scale(self, descriptors: FloatArray) -> FloatArray:
        """(N, D) float32 in spreads from the middle, clipped."""
        middle, spread = np.array(self.middle, np.float32), np.array(self.spread, np.float32)
        scaled: FloatArray = np.clip((descriptors - middle) / spread, -_LARGEST, _LARGEST)
        return scaled


def fit_scales(descriptors: FloatArray, fitted: dict[str, str | int]) -> DescriptorScales:
    """Median and half the distance of the 16th and the 84th percentile.

    Args:
        descriptors: (N, D).
        fitted: on what, for people.
    """
    low, middle, high = np.percentile(descriptors, (16, 50, 84), axis=0)
    spread = np.maximum((high - low) / 2, _LEAST_SPREAD)
    return DescriptorScales(middle=tuple(middle.tolist()), spread=tuple(spread.tolist()), fitted=fitted)


def read_scales(path: Path | None = None) -> DescriptorScales:
    """The shipped scales, or those of a file.

    Raises:
        UserError: the file is not there or holds something else.
    """
    path = path or shipped_file(SCALES_FILE)
    try:
        return DescriptorScales.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise UserError(
            f"The descriptors' scales {path} cannot be read.", "Install Residua again."
        ) from error


class DescribedEmbedder:
    """Joins vectors of a learned embedding with measured descriptors, and with what kinds differ by in both.

    A crop is described by its outline as the difference to the expected draws it; the learned embedding sees it under
    the detector's soft mask too.

    Args:
        learned: None for the descriptors alone.
        scales: of the descriptors.
        weight: length of the descriptors' part, where the learned part has length 1, or 0.5 beside the metric.
    """

    def __init__(self, learned: Embedder | None, scales: DescriptorScales, weight: float) -> None:
        self._learned, self._scales, self._weight = learned, scales, weight
        fits = (
            learned is not None and scales.metric is not None and scales.metric.embedding == learned.identity
        )
        self._metric = scales.metric if fits else None
        measured = f"descriptors {scales.version} × {weight:g}"
        measured = f"{measured} + kinds" if fits else measured
        self.identity = measured if learned is None else f"{learned.identity} + {measured}"

    def embed(self, crops: Sequence[Crop], check: Callable[[], None]) -> FloatArray:
        """(N, D) float32, L2-normalised.

        Args:
            crops: of any sizes.
            check: called before each batch; may raise to stop.
        """
        outlined = outline_crops(crops, check)
        measured = self._scales.scale(measure_crops(outlined, check))
        parts = [self._weight * unit_rows(measured)]
        if self._learned is not None:
            parts.insert(0, learn_both(self._learned, crops, outlined, check))
        if self._metric is not None:
            described = np.concatenate([parts[0], measured], axis=1)
            parts[0] = _LEARNED_WEIGHT * parts[0]
            parts.append(_METRIC_WEIGHT * unit_rows(self._metric.project(described)))
        return unit_rows(np.concatenate(parts, axis=1))


def outline_crops(crops: Sequence[Crop], check: Callable[[], None]) -> list[Crop]:
    """Crops with the outlines of their differences."""
    outlined = []
    for crop in crops:
        check()
        outlined.append(outline_crop(crop))
    return outlined


def measure_crops(crops: Sequence[Crop], check: Callable[[], None]) -> FloatArray:
    """(N, D) float32 descriptors."""
    rows = np.zeros((len(crops), DESCRIPTORS), np.float32)
    for row, crop in enumerate(crops):
        check()
        rows[row] = measure_defect(crop)
    return rows


def learn_both(
    learned: Embedder, crops: Sequence[Crop], outlined: Sequence[Crop], check: Callable[[], None]
) -> FloatArray:
    """(N, D) float32 of length 1: the mean direction under the detector's mask and under the outline."""
    return unit_rows(learned.embed(crops, check) + learned.embed(outlined, check))
