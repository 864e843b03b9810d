"""Score maps, masks, regions and crops: what detection and segmentation hand on."""

import math
from dataclasses import dataclass

import numpy as np

from core.domain.arrays import BoolArray, FloatArray, freeze

MAP_RANGE = (0.0, 1.0)
"""The one scale of every score map and of its colour bar: a good image never looks defective by stretching."""

DIFFERENCE_RANGE = (0.0, 20.0)
"""The scale on which differences from a reference are shown, in units of what the pair leaves where nothing changed."""


@dataclass(frozen=True, slots=True)
class ClassGuess:
    """The class that a detector takes an image for; only detectors that learned classes make one.

    Attributes:
        name: of the class, or `normal`.
        confidence: its probability by the detector, in [0, 1].
    """

    name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class ScoreMap:
    """How anomalous each pixel is, and the image as a whole.

    Attributes:
        values: (H, W) float32 in MAP_RANGE; higher = more anomalous; an image's values never depend on others.
        score: image score, on the recipe's threshold scale.
        guess: which class the image shows; None where the detector knows of no classes.

    Raises:
        ValueError: the score is no finite number: compared with thresholds it would pass as OK.
    """

    values: FloatArray
    score: float
    guess: ClassGuess | None = None

    def __post_init__(self) -> None:
        if not math.isfinite(self.score):
            raise ValueError(f"the image score is {self.score}")
        object.__setattr__(self, "values", freeze(self.values, dtype=np.float32, ndim=2, name="score map"))


@dataclass(frozen=True, slots=True)
class Mask:
    """Pixels called defective: (H, W) bool."""

    pixels: BoolArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "pixels", freeze(self.pixels, dtype=np.bool_, ndim=2, name="mask"))

    @property
    def area_px(self) -> int:
        """Number of defective pixels."""
        return int(np.count_nonzero(self.pixels))


@dataclass(frozen=True, slots=True)
class Region:
    """One connected defective area.

    Attributes:
        bbox_xywh: left, top, width and height in pixels.
        area_px: its pixels.
        centroid_xy: centre of mass in pixels.
        score: the highest map value inside it.
    """

    bbox_xywh: tuple[int, int, int, int]
    area_px: int
    centroid_xy: tuple[float, float]
    score: float

    @property
    def longer_side_px(self) -> int:
        """The longer side of its box: what a defect's size means in reports."""
        return max(self.bbox_xywh[2:])


@dataclass(frozen=True, slots=True)
class Crop:
    """A square defect-centred cut-out with its soft mask.

    Attributes:
        origin_xy: left and top of the cut-out in the image, in pixels.
        pixels: (S, S) float32 in [0, 1].
        soft_mask: (S, S) float32 in [0, 1], the map above its floor.
        region: the region it was cut around.
        expected: (S, S) float32 in [0, 1], the same place as other places with the same surroundings show it; None
            where nobody looked.
    """

    origin_xy: tuple[int, int]
    pixels: FloatArray
    soft_mask: FloatArray
    region: Region
    expected: FloatArray | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "pixels", freeze(self.pixels, dtype=np.float32, ndim=2, name="crop"))
        object.__setattr__(
            self, "soft_mask", freeze(self.soft_mask, dtype=np.float32, ndim=2, name="soft mask")
        )
        if self.expected is not None:
            expected = freeze(self.expected, dtype=np.float32, ndim=2, name="expected")
            object.__setattr__(self, "expected", expected)
