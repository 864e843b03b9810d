"""Presumed defect-free images, split into squares to train on and squares to calibrate on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.detection.training.squares import cut_squares, to_8_bit
from core.domain.lots import ImageRecord
from core.jobs import JobContext
from core.lots import read_pixels
from core.networks.preprocess import resize_longer_side
from core.services.detection.normal_images import seen_hw

MAX_SIDE = 512
MAX_TRAINED = 2048
"""Squares at most: 512 MiB, however many and large the images are."""
FEW_IMAGES = 16
"""Up to here images are halved rather than held back."""
MIN_HELD_BACK_IMAGES, MAX_HELD_BACK_IMAGES = 8, 128
"""Of more than a few; 128 are enough for the NG cut's quantile, and more are better trained on."""
HELD_BACK_SQUARES = 32

_Part = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]


@dataclass(frozen=True, slots=True)
class Split:
    """Who is trained on, and who is held back.

    Attributes:
        trained, held_back: no image is in both, unless each is halved or there is but a single small one.
        is_halved: each image is trained on in one half and held back in the other.
    """

    trained: tuple[ImageRecord, ...]
    held_back: tuple[ImageRecord, ...]
    is_halved: bool = False


@dataclass(frozen=True, slots=True)
class Squares:
    """(N, S, S) trained on and (M, T, T) held back, S and T multiples of the backbone's stride."""

    trained: NDArray[np.uint8]
    held_back: NDArray[np.uint8]

    @property
    def side(self) -> int:
        """S in px."""
        return int(self.trained.shape[1])


def split_normals(
    records: Sequence[ImageRecord], share: float, seed: int, *, min_side: int, input_size: int | None
) -> Split:
    """Hold back a share of many images, or one half of each of a few, so that every one of those has a say.

    A single image that is too small for two halves is trained on and calibrated on as a whole.

    Args:
        records: images whose sides are `min_side` or more.
        share: of many images.
        seed: which of them.
        min_side: shortest side in px that can be used.
        input_size: the recipe's; None leaves images as they are.
    """
    few = len(records) <= FEW_IMAGES
    shortest = min(max(seen_hw(record, input_size)) for record in records)
    if few and (len(records) == 1 or shortest // 2 >= min_side):
        return Split(tuple(records), tuple(records), is_halved=shortest // 2 >= min_side)
    order = np.random.default_rng(seed).permutation(len(records))
    count = max(1 if few else MIN_HELD_BACK_IMAGES, round(len(records) * share))
    count = min(count, MAX_HELD_BACK_IMAGES)
    shuffled = [records[index] for index in order]
    return Split(tuple(shuffled[count:]), tuple(shuffled[:count]))


def read_squares(split: Split, stride: int, input_size: int | None, seed: int, ctx: JobContext) -> Squares:
    """Read the images, one at a time, and cut them.

    Args:
        split: images whose sides are four strides or more.
        stride: of the backbone.
        input_size: the recipe's; None leaves images as they are.
        seed: of the choice where there are more squares than are wanted.

    Raises:
        UserError: an image is no longer what it was when the lot was read.
        JobCancelled: between images.
    """
    parts: tuple[_Part, _Part] = (_first_half, _second_half) if split.is_halved else (_whole, _whole)
    groups = (split.trained, split.held_back)
    limits = (MAX_TRAINED, HELD_BACK_SQUARES)
    stacks = []
    for records, part, limit in zip(groups, parts, limits, strict=True):
        side = _common_side(records, stride, input_size, is_halved=split.is_halved)
        rng = np.random.default_rng(seed)
        cut: list[NDArray[np.uint8]] = []
        for record in ctx.track(records[:limit], "reading images"):
            image = part(_read(record, input_size))
            cut += cut_squares(image, side, max(1, limit // len(records)), rng)
        stacks.append(np.stack(cut))
    return Squares(*stacks)


def _common_side(
    records: Sequence[ImageRecord], stride: int, input_size: int | None, *, is_halved: bool
) -> int:
    """The largest multiple of the stride that every image holds."""
    sides = [sorted(seen_hw(record, input_size)) for record in records]
    shortest = min(min(shorter, longer // 2) if is_halved else shorter for shorter, longer in sides)
    return min(MAX_SIDE, shortest) // stride * stride


def _read(record: ImageRecord, input_size: int | None) -> NDArray[np.uint8]:
    """(H, W) of the specimen area, as large as the network sees it."""
    pixels = read_pixels(record)[: record.content_height]
    return to_8_bit(resize_longer_side(pixels, input_size))


def _whole(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return image


def _first_half(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Along the longer side."""
    height, width = image.shape
    return image[: height // 2] if height >= width else image[:, : width // 2]


def _second_half(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = image.shape
    return image[height // 2 :] if height >= width else image[:, width // 2 :]
