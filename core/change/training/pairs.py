"""Rendered pairs on disk, memory-mapped, and the batches that are cut from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.domain.arrays import FloatArray
from core.domain.errors import UserError
from core.networks.preprocess import standardise
from core.networks.training.crops import place_crop, turn_alike

_RESIDUAL_SHIFT_PX = 1.0

Classes = NDArray[np.int64]
"""(S, S); 0 where nothing changed."""


@dataclass(frozen=True, slots=True)
class PairSet:
    """Square pairs, registered, in grey or in colour.

    Attributes:
        tests: (N, S, S) or (N, S, S, 3) uint8.
        references: alike, warped onto the tests; where they do not reach they show the test itself.
        masks: (N, S, S) bool, or uint8 of classes: what changed; nothing in a clean pair.
    """

    tests: NDArray[np.uint8]
    references: NDArray[np.uint8]
    masks: NDArray[np.bool_] | NDArray[np.uint8]


def open_pairs(folder: Path) -> PairSet:
    """Map a folder's tests.npy, references.npy and masks.npy.

    Raises:
        UserError: they are not there or cut off.
    """
    try:
        arrays = [np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("tests", "references", "masks")]
    except (OSError, ValueError) as error:
        raise UserError(
            f"The pairs in {folder} cannot be read.", "Delete it to render them again."
        ) from error
    return PairSet(*arrays)


class PairSampler:
    """Augmented crops of pairs; the batch of a step depends on the seed and the step alone.

    Args:
        source: the pairs.
        crop: side of the crops in px, a multiple of 32.
        batch: crops a batch.
        seed: of everything that is drawn.
        members: numbers of the pairs that are drawn from; None draws from all.
        classes: kinds of change that are told apart; those beyond count as the last.
    """

    def __init__(
        self,
        source: PairSet,
        *,
        crop: int,
        batch: int,
        seed: int,
        members: Sequence[int] | None = None,
        classes: int = 1,
    ) -> None:
        self._source = source
        self._crop, self._batch, self._seed = crop, batch, seed
        self._members = range(len(source.tests)) if members is None else members
        self._classes = classes

    def draw(self, step: int) -> tuple[Tensor, Tensor, Tensor]:
        """Batch of a step.

        Returns:
            (B, C, crop, crop) float32 tests and references, standardised, and (B, crop, crop) int64 classes.
        """
        rng = np.random.default_rng([self._seed, step])
        tests, references, classes = zip(*(self._draw_one(rng) for _ in range(self._batch)), strict=True)
        return (
            torch.from_numpy(np.stack([to_planes(test) for test in tests])),
            torch.from_numpy(np.stack([to_planes(reference) for reference in references])),
            torch.from_numpy(np.stack(classes)),
        )

    def _draw_one(self, rng: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.uint8], Classes]:
        index = self._members[int(rng.integers(len(self._members)))]
        mask = np.asarray(self._source.masks[index])
        window = place_crop(mask > 0, self._crop, rng)
        parts = [np.asarray(array[index])[window] for array in (self._source.tests, self._source.references)]
        test, reference, truth = turn_alike([*parts, np.minimum(mask[window], self._classes)], rng)
        if rng.random() < 0.25:
            test, reference = 255 - test, 255 - reference
        return _change_tone(test, rng), _nudge(_change_tone(reference, rng), rng), truth.astype(np.int64)


def to_planes(image: NDArray[np.uint8]) -> FloatArray:
    """(S, S) or (S, S, C) to (C, S, S) float32, standardised: as a network takes it."""
    planes = standardise(image)
    return planes[None] if planes.ndim == 2 else np.ascontiguousarray(planes.transpose(2, 0, 1))


def _nudge(reference: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """What a registration may leave."""
    dx, dy = rng.uniform(-_RESIDUAL_SHIFT_PX, _RESIDUAL_SHIFT_PX, 2)
    matrix = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    size = (reference.shape[1], reference.shape[0])
    moved: NDArray[np.uint8] = cv2.warpAffine(reference, matrix, size, borderMode=cv2.BORDER_REFLECT)
    return moved


def _change_tone(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Gamma and noise of each image by itself: no change of the wafer."""
    if rng.random() < 0.5:
        gamma = float(np.exp(rng.uniform(-0.35, 0.35)))
        image = cv2.LUT(image, (255 * (np.arange(256) / 255) ** gamma).astype(np.uint8))
    if rng.random() < 0.3:
        noisy = image + rng.normal(0, rng.uniform(2, 14), image.shape)
        image = np.clip(noisy, 0, 255).astype(np.uint8)
    return image
