"""Rendered pairs on disk, memory-mapped, and the batches that are cut from them."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.domain.arrays import BoolArray, FloatArray
from core.domain.errors import UserError
from core.networks.preprocess import standardise
from core.networks.training.crops import place_crop, turn_alike

STRIDE = 4
"""Pixels a cell of the network's output."""
_RESIDUAL_SHIFT_PX = 1.0


@dataclass(frozen=True, slots=True)
class PairSet:
    """Square grey pairs, registered.

    Attributes:
        tests: (N, S, S) uint8.
        references: (N, S, S) uint8, warped onto the tests; where they do not reach they show the test itself.
        masks: (N, S, S) bool, what changed; all False in a clean pair.
    """

    tests: NDArray[np.uint8]
    references: NDArray[np.uint8]
    masks: BoolArray


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
    """

    def __init__(self, source: PairSet, *, crop: int, batch: int, seed: int) -> None:
        self._source = source
        self._crop, self._batch, self._seed = crop, batch, seed

    def draw(self, step: int) -> tuple[Tensor, Tensor, Tensor]:
        """Batch of a step.

        Returns:
            (B, 1, crop, crop) float32 tests and references, standardised, and (B, crop/4, crop/4) int64 classes.
        """
        rng = np.random.default_rng([self._seed, step])
        tests, references, classes = zip(*(self._draw_one(rng) for _ in range(self._batch)), strict=True)
        return (
            torch.from_numpy(np.stack(tests))[:, None],
            torch.from_numpy(np.stack(references))[:, None],
            torch.from_numpy(np.stack(classes)),
        )

    def _draw_one(self, rng: np.random.Generator) -> tuple[FloatArray, FloatArray, NDArray[np.int64]]:
        index = int(rng.integers(len(self._source.tests)))
        mask = np.asarray(self._source.masks[index])
        window = place_crop(mask, self._crop, rng)
        parts = [np.asarray(array[index])[window] for array in (self._source.tests, self._source.references)]
        test, reference, truth = turn_alike([*parts, mask[window].astype(np.uint8)], rng)
        if rng.random() < 0.25:
            test, reference = 255 - test, 255 - reference
        share = cv2.resize(
            truth.astype(np.float32), None, fx=1 / STRIDE, fy=1 / STRIDE, interpolation=cv2.INTER_AREA
        )
        nudged = _nudge(_change_tone(reference, rng), rng)
        return standardise(_change_tone(test, rng)), standardise(nudged), (share > 0.25).astype(np.int64)


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
