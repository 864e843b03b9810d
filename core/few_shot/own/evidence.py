"""How convincing a map is as a whole: what tells a doubtful place on a normal image from a defect."""

import torch
from torch import Tensor
from torch.nn import functional as F

from core.networks.image_score import image_logit

EVIDENCE_VALUES = 4
_SUSPICIOUS = -2.0  # a logit below which next to nothing is a defect


def describe_evidence(logits: Tensor) -> Tensor:
    """The image's score, the highest place, and how much is convincing or at least suspicious.

    Args:
        logits: (B, H, W) defect logits.

    Returns:
        (B, EVIDENCE_VALUES): two logits, and two logarithms of counts of pixels.
    """
    score = image_logit(F.avg_pool2d(logits[:, None], 2)[:, 0])
    counts = [(logits > cut).sum(dim=(1, 2)).float().log1p() for cut in (0.0, _SUSPICIOUS)]
    return torch.stack([score, logits.amax(dim=(1, 2)), *counts], dim=1)
