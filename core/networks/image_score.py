"""From a logit map to the score of its image."""

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from core.domain.arrays import FloatArray
from core.domain.maps import ScoreMap

TOP_CELLS = 12
"""Cells of the half-resolution map that make the image score: a defect of about 7 × 7 px fills them."""
TEMPERATURE = 2.0
"""Logits are halved before the sigmoid: float32 keeps apart what a plain sigmoid would round to 1."""


def image_logit(logits: Tensor) -> Tensor:
    """Image score as a logit: mean of the highest cells of the lightly smoothed map.

    Args:
        logits: (B, h, w) at half the image's resolution.

    Returns:
        (B,).
    """
    smooth = F.avg_pool2d(logits[:, None], 3, stride=1, padding=1, count_include_pad=False).flatten(1)
    return smooth.topk(min(TOP_CELLS, smooth.shape[1]), dim=1).values.mean(dim=1)


def to_score_map(logits: FloatArray, size_hw: tuple[int, ...]) -> ScoreMap:
    """Map at the image's size and image score, both through the tempered sigmoid."""
    half = torch.from_numpy(logits)[None, None]
    if min(logits.shape) >= 2:
        half = F.avg_pool2d(half, 2)
    score = torch.sigmoid(image_logit(half[:, 0]) / TEMPERATURE)
    if logits.shape != size_hw:
        logits = cv2.resize(logits, (size_hw[1], size_hw[0]), interpolation=cv2.INTER_LINEAR)
    values = 1 / (1 + np.exp(-logits / TEMPERATURE))
    return ScoreMap(values.astype(np.float32), float(score[0]))
