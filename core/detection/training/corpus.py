"""Rendered images on disk, memory-mapped, and the batches that are cut from them."""

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


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Square grey images with exact masks.

    Attributes:
        images: (N, S, S) uint8.
        masks: (N, S, S) bool; all False in a clean image.
    """

    images: NDArray[np.uint8]
    masks: BoolArray

    @property
    def is_defective(self) -> BoolArray:
        """(N,) whether an image holds a defect."""
        return np.array([mask.any() for mask in self.masks])


def open_training_set(folder: Path) -> TrainingSet:
    """Map a folder's images.npy and masks.npy.

    Raises:
        UserError: they are not there or cut off.
    """
    try:
        images = np.load(folder / "images.npy", mmap_mode="r")
        masks = np.load(folder / "masks.npy", mmap_mode="r")
    except (OSError, ValueError) as error:
        raise UserError(
            f"The training images in {folder} cannot be read.", "Delete it to render them again."
        ) from error
    return TrainingSet(images, masks)


class BatchSampler:
    """Augmented crops of a training set; the batch of a step depends on the seed and the step alone.

    Args:
        source: the images.
        crop: side of the crops in pixels, a multiple of 16.
        batch: crops a batch.
        seed: of everything that is drawn.
        clean_only: draw defect-free images only (the NI head learns normality).
    """

    def __init__(
        self, source: TrainingSet, *, crop: int, batch: int, seed: int, clean_only: bool = False
    ) -> None:
        self._source = source
        self._crop, self._batch, self._seed = crop, batch, seed
        self._defective = source.is_defective
        allowed = ~self._defective if clean_only else np.ones(len(self._defective), bool)
        self._indices = np.flatnonzero(allowed)
        if not len(self._indices):
            raise UserError("The training set has no defect-free image.", "Render more images.")

    def draw(self, step: int) -> tuple[Tensor, Tensor]:
        """Batch of a step.

        Returns:
            (B, 1, crop, crop) float32 standardised images and (B, crop/2, crop/2) float32 masks in [0, 1].
        """
        rng = np.random.default_rng([self._seed, step])
        pairs = [self._draw_one(rng) for _ in range(self._batch)]
        images = torch.from_numpy(np.stack([image for image, _ in pairs]))[:, None]
        return images, torch.from_numpy(np.stack([mask for _, mask in pairs]))

    def _draw_one(self, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        index = int(rng.choice(self._indices))
        image, mask = np.asarray(self._source.images[index]), np.asarray(self._source.masks[index])
        if not self._defective[index] and rng.random() < 0.25 and len(self._indices) == len(self._defective):
            donor = np.asarray(self._source.images[int(rng.choice(self._indices))])
            image, mask = paste_foreign_patch(image, donor, rng)
        image, mask = _crop_and_turn(image, mask, self._crop, rng)
        half = cv2.resize(mask.astype(np.float32), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        return standardise(_change_tone(image, rng)), half


_HUGE_SHARE = 0.1
"""Of pasted patches: those that cover up to half of the image, as peeling or a splash does."""


def paste_foreign_patch(
    image: NDArray[np.uint8], donor: NDArray[np.uint8], rng: np.random.Generator
) -> tuple[NDArray[np.uint8], BoolArray]:
    """A soft-edged irregular patch of another image, so that anomalies of no generator's making are seen too.

    Returns:
        The image, and the pixels that visibly changed (more than three times the image's own noise).

    Source:
        Zavrtanik et al. 2021 (DRAEM), Sec. 3.2, with SEM images as the foreign texture.
    """
    side = image.shape[0]
    radius = float(np.exp(rng.uniform(np.log(4), np.log(side / 6))))
    if rng.random() < _HUGE_SHARE:
        radius = rng.uniform(side / 6, side / 2.5)
    field = cv2.resize(
        rng.normal(size=(8, 8)).astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC
    )
    centre = rng.uniform(radius, side - radius, 2)
    axes = radius * np.exp(rng.uniform(-0.6, 0.6, 2))
    ys, xs = np.ogrid[:side, :side]
    distance = np.hypot((ys - centre[0]) / axes[0], (xs - centre[1]) / axes[1]) + 0.25 * field
    alpha = np.clip((1 - distance) * radius / 1.5 + 0.5, 0, 1) * rng.uniform(0.4, 1.0)
    source = np.roll(donor, tuple(rng.integers(0, side, 2)), (0, 1)).astype(np.float32)
    flat = rng.random() < 0.3
    fill = np.full_like(source, rng.uniform(source.min(), source.max())) if flat else source
    mixed = image + alpha * (fill - image)
    noise = float(np.median(np.abs(image - cv2.GaussianBlur(image, (0, 0), 1.0).astype(np.float32)))) * 1.5
    changed = cv2.GaussianBlur(np.abs(mixed - image), (0, 0), 1.0) > max(3 * noise, 6.0)
    return np.clip(mixed, 0, 255).astype(np.uint8), changed


def _crop_and_turn(
    image: NDArray[np.uint8], mask: BoolArray, crop: int, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Random scale, place (near the defect where there is one), quarter turn and flip."""
    scale = float(np.exp(rng.uniform(np.log(0.75), np.log(1.6))))
    scale = max(scale, crop / image.shape[0])
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=method)
    soft = cv2.resize(mask.astype(np.uint8) * 255, image.shape[::-1], interpolation=cv2.INTER_LINEAR)
    marked = soft > 127
    window = place_crop(marked, crop, rng)
    image, marked = turn_alike([image[window], marked[window].astype(np.uint8)], rng)
    return image, marked


def _change_tone(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Inversion, gamma and extra noise: a detector must not care for the sign or curve of the contrast."""
    if rng.random() < 0.25:
        image = 255 - image
    if rng.random() < 0.5:
        gamma = float(np.exp(rng.uniform(-0.5, 0.5)))
        image = cv2.LUT(image, (255 * (np.arange(256) / 255) ** gamma).astype(np.uint8))
    if rng.random() < 0.25:
        noisy = image + rng.normal(0, rng.uniform(2, 14), image.shape)
        image = np.clip(noisy, 0, 255).astype(np.uint8)
    return image
