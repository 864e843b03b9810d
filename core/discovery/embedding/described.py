"""A learned embedding and measured descriptors as one vector."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from core.discovery.embedder import Embedder
from core.discovery.embedding.backbones import shipped_file
from core.discovery.embedding.descriptors import measure_defect
from core.discovery.kmeans import unit_rows
from core.domain.arrays import FloatArray
from core.domain.errors import UserError
from core.domain.maps import Crop

SCALES_FILE = "descriptors.json"
_LARGEST = 3.0  # spreads from the middle: beyond, a descriptor must not outvote the others
_LEAST_SPREAD = 1e-3


class DescriptorScales(BaseModel):
    """Where the middle of each descriptor lies and how far it spreads, over many generated defects.

    Attributes:
        version: of `measure_defect`; other versions measure other things.
        middle, spread: (D,) each.
        fitted: on what.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = 1
    middle: tuple[float, ...]
    spread: tuple[float, ...]
    fitted: dict[str, str | int] = {}


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
    """Joins vectors of a learned embedding with measured descriptors.

    Args:
        learned: None for the descriptors alone.
        scales: of the descriptors.
        weight: length of the descriptors' part, where the learned part has length 1.
    """

    def __init__(self, learned: Embedder | None, scales: DescriptorScales, weight: float) -> None:
        self._learned, self._weight = learned, weight
        self._middle = np.array(scales.middle, np.float32)
        self._spread = np.array(scales.spread, np.float32)
        measured = f"descriptors {scales.version} × {weight:g}"
        self.identity = measured if learned is None else f"{learned.identity} + {measured}"

    def embed(self, crops: Sequence[Crop], check: Callable[[], None]) -> FloatArray:
        """(N, D) float32, L2-normalised.

        Args:
            crops: of any sizes.
            check: called before each batch; may raise to stop.
        """
        parts = [self._weight * unit_rows(self._measure(crops, check))]
        if self._learned is not None:
            parts.insert(0, self._learned.embed(crops, check))
        return unit_rows(np.concatenate(parts, axis=1))

    def _measure(self, crops: Sequence[Crop], check: Callable[[], None]) -> FloatArray:
        measured = np.zeros((len(crops), len(self._middle)), np.float32)
        for row, crop in enumerate(crops):
            check()
            measured[row] = (measure_defect(crop) - self._middle) / self._spread
        clipped: FloatArray = np.clip(measured, -_LARGEST, _LARGEST)
        return clipped
