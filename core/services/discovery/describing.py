"""From images to described regions: what every discovery is made of."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from core.discovery.embedder import Embedder
from core.discovery.kmeans import UNLABELLED, IntArray
from core.domain.arrays import BoolArray, FloatArray
from core.domain.discovery import DEFECT_FREE
from core.domain.lots import FailedImage
from core.domain.maps import Crop, Region
from core.services.detection.specimens import Specimen

_CHUNK = 256  # crops that are held before they are described

Cutter = Callable[[Specimen], tuple[Crop, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class DescribedLot:
    """The regions of a lot as vectors.

    Attributes:
        images: names, in the lot's order.
        failures: images that could not be measured.
        image_of: (R,) int64, each region's image.
        regions: one an embedding.
        embeddings: (R, D) float32, L2-normalised.
        passed: (I,) bool, whether the model calls the image OK and no one labelled it: what is described is the most
            anomalous place, which is most often nothing.
    """

    images: tuple[str, ...]
    failures: tuple[FailedImage, ...]
    image_of: IntArray
    regions: tuple[Region, ...]
    embeddings: FloatArray
    passed: BoolArray


def describe_regions(
    specimens: Iterable[Specimen | FailedImage],
    labels: Mapping[str, str],
    embedder: Embedder,
    cut: Cutter,
    check: Callable[[], None],
) -> DescribedLot:
    """Cut and describe the regions of images.

    Args:
        specimens: measured images.
        labels: class by image name.
        embedder: describes crops.
        cut: makes crops of an image.
        check: may raise to stop.
    """
    describing = _Describing(embedder, cut, check)
    for specimen in specimens:
        describing.take(specimen, labels)
    return describing.finish()


class _Describing:
    """Regions as they come; pixels are held of a few crops only."""

    def __init__(self, embedder: Embedder, cut: Cutter, check: Callable[[], None]) -> None:
        self._embedder, self._cut, self._check = embedder, cut, check
        self._names: list[str] = []
        self._failures: list[FailedImage] = []
        self._passed: list[bool] = []
        self._image_of: list[int] = []
        self._regions: list[Region] = []
        self._waiting: list[Crop] = []
        self._vectors: list[FloatArray] = []

    def take(self, specimen: Specimen | FailedImage, labels: Mapping[str, str]) -> None:
        """Cut an image, and describe what waits when there is enough of it."""
        if isinstance(specimen, FailedImage):
            self._failures.append(specimen)
            return
        name = specimen.record.name
        self._names.append(name)
        self._passed.append(specimen.passed and name not in labels)
        crops = self._cut(specimen)
        self._image_of += [len(self._names) - 1] * len(crops)
        self._regions += [crop.region for crop in crops]
        self._waiting += crops
        if len(self._waiting) >= _CHUNK:
            self._describe()

    def finish(self) -> DescribedLot:
        """Describe the rest."""
        self._describe()
        return DescribedLot(
            tuple(self._names),
            tuple(self._failures),
            np.array(self._image_of, np.int64),
            tuple(self._regions),
            np.concatenate(self._vectors),
            np.array(self._passed, np.bool_),
        )

    def _describe(self) -> None:
        if self._waiting or not self._vectors:
            self._vectors.append(self._embedder.embed(self._waiting, self._check))
        self._waiting = []


def grouped_regions(lot: DescribedLot) -> IntArray:
    """(G,) int64, ascending: the regions that take part in the grouping, those of images that did not pass."""
    return np.flatnonzero(~lot.passed[lot.image_of]).astype(np.int64)


def leading_regions(lot: DescribedLot) -> BoolArray:
    """(R,) bool, the most anomalous region of each image.

    What else was marked on it is more often nothing, and nothing has many shapes: as groups of their own they would
    be counted as classes.
    """
    leads = np.zeros(len(lot.regions), np.bool_)
    _, first = np.unique(lot.image_of, return_index=True)
    leads[first] = True
    return leads


def label_regions(lot: DescribedLot, labels: Mapping[str, str], names: list[str]) -> IntArray:
    """(R,) int64 index into `names`, −1 = unlabelled.

    An image's label is that of its most anomalous region: what else the detector marked there may be something else,
    or nothing. On a defect-free image all of them are nothing.
    """
    leads = leading_regions(lot)
    indices = np.full(len(lot.regions), UNLABELLED)
    for number, image in enumerate(lot.images):
        if image in labels:
            own = lot.image_of == number
            chosen = own if labels[image] == DEFECT_FREE else own & leads
            indices[chosen] = names.index(labels[image])
    return indices.astype(np.int64)
