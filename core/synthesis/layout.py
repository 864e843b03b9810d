"""What is drawn: layers of shapes on a base, with stamps for whatever lies on or under them."""

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import FloatArray

ByteArray: TypeAlias = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Layer:
    """One material patterned by one mask.

    Attributes:
        name: what the shapes are: "lines", "vias", "holes", "gates", "fins", "pads", "ghost", "blocks".
        mask: (H, W) uint8 drawn shapes, 255 inside, before lithography rounds them.
        tone: secondary-electron yield of the material, about 0.1 to 0.9.
        height: step at the edge; 1 is a usual step, negative is a recess.
        opacity: below 1 for layers seen through others.
        rounding_px: blur of the pattern transfer; rounds corners.
        sidewall_px: width of the transition.
        roughness_px: line-edge roughness, standard deviation.
        grain: amplitude of the layer's own texture.
    """

    name: str
    mask: ByteArray
    tone: float
    height: float = 1.0
    opacity: float = 1.0
    rounding_px: float = 1.5
    sidewall_px: float = 1.5
    roughness_px: float = 0.3
    grain: float = 0.0


@dataclass(frozen=True, slots=True)
class Stamp:
    """A local patch that changes tone or height, above or below the layers.

    Attributes:
        top: first row in the image; may be negative.
        left: first column in the image; may be negative.
        alpha: (h, w) float32 in [0, 1], how much `tone` replaces what is there.
        tone: (h, w) float32 absolute yield.
        rise: (h, w) float32 height added.
        tint: (h, w) float32 yield added.
        cover: 0 follows the relief below, 1 hides it.
        buried: under the layers, which then climb over it.
    """

    top: int
    left: int
    alpha: FloatArray
    tone: FloatArray
    rise: FloatArray
    tint: FloatArray
    cover: float = 0.0
    buried: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """A place where a line was cut on purpose.

    Attributes:
        layer: index of the layer.
        polygon_xy: (K, 2) float64 image coordinates.
    """

    layer: int
    polygon_xy: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything about the sample before it is imaged.

    Attributes:
        base_tone: (H, W) float32 yield of the ground.
        base_height: (H, W) float32 topography of the ground.
        layers: bottom to top.
        edge_field: (H, W) float32 unit-variance field that displaces edges.
        grain_field: (H, W) float32 unit-variance texture.
        pitch_px: the typical repeat or feature spacing.
        conformal_px: a film on everything smooths the height by this much.
        stamps: particles and the like.
        cuts: intended line cuts.
    """

    base_tone: FloatArray
    base_height: FloatArray
    layers: tuple[Layer, ...]
    edge_field: FloatArray
    grain_field: FloatArray
    pitch_px: float
    conformal_px: float = 0.0
    stamps: tuple[Stamp, ...] = ()
    cuts: tuple[Cut, ...] = ()

    @property
    def size_hw(self) -> tuple[int, int]:
        """Height and width, px."""
        return self.base_tone.shape[0], self.base_tone.shape[1]

    def with_mask(self, index: int, mask: ByteArray) -> "Layout":
        """The same layout with one layer's shapes changed."""
        layers = list(self.layers)
        layers[index] = replace(layers[index], mask=mask)
        return replace(self, layers=tuple(layers))

    def with_layer(self, index: int, layer: Layer) -> "Layout":
        """The same layout with one more layer, before the one at the index."""
        layers = (*self.layers[:index], layer, *self.layers[index:])
        cuts = tuple(replace(cut, layer=cut.layer + (cut.layer >= index)) for cut in self.cuts)
        return replace(self, layers=layers, cuts=cuts)

    def with_stamp(self, stamp: Stamp) -> "Layout":
        """The same layout with one more stamp."""
        return replace(self, stamps=(*self.stamps, stamp))
