"""One image through a few-shot network: its map, its most convincing place, and that place's vector."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from core.domain.arrays import FloatArray, GrayImage
from core.domain.detector import Detector
from core.few_shot.network import FewShotNetwork
from core.few_shot.place import marked_place
from core.networks.image_score import TEMPERATURE
from core.networks.preprocess import pad_to_multiple, resize_longer_side, standardise

_SURE = 1e-6  # a map value nearer to 0 or 1 has no logit to speak of


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What the network makes of one image.

    Attributes:
        logits: (h, w) defect logits at the size in which it saw the image.
        vector: (1, V) for the classification head.
    """

    logits: FloatArray
    vector: Tensor


def guide_logits(
    guide: Detector, images: Sequence[GrayImage], check: Callable[[], None] = lambda: None
) -> list[FloatArray]:
    """(H, W) logit maps of a detector, one an image."""
    maps = guide.score_images(images, check)
    clipped = [np.clip(one.values.astype(np.float64), _SURE, 1 - _SURE) for one in maps]
    return [(TEMPERATURE * np.log(values / (1 - values))).astype(np.float32) for values in clipped]


def resize_for(
    network: FewShotNetwork, image: GrayImage, guide: FloatArray | None, input_size: int | None
) -> tuple[FloatArray, FloatArray | None]:
    """The image standardised, and its guide, at the size that the network wants."""
    if network.side is not None:
        method = cv2.INTER_AREA if max(image.shape) > network.side else cv2.INTER_CUBIC
        return standardise(cv2.resize(image, (network.side, network.side), interpolation=method)), None
    seen = standardise(resize_longer_side(image, input_size))
    if guide is None or guide.shape == seen.shape:
        return seen, guide
    return seen, cv2.resize(guide, (seen.shape[1], seen.shape[0]), interpolation=cv2.INTER_AREA)


def look_at(
    network: FewShotNetwork,
    pixels: FloatArray,
    guide: FloatArray | None,
    device: torch.device,
    place: FloatArray | None = None,
) -> Look:
    """Look at an image.

    Args:
        network: in eval mode.
        pixels: (h, w) standardised, as `resize_for` makes them.
        guide: (h, w), where the network is guided.
        device: where the network is.
        place: (h, w) in [0, 1], where the defect is; None for where the map says.
    """
    size = (pixels.shape[0], pixels.shape[1])
    with torch.inference_mode():
        x = _to_input(pixels, network, device)
        guided = None if guide is None else _to_input(guide, network, device)
        encoded = network.encode(x)
        padded = (x.shape[-2], x.shape[-1])
        logits: FloatArray = (
            network.segment(encoded, guided, padded)[0, : size[0], : size[1]].float().cpu().numpy()
        )
        where = torch.zeros_like(x)
        chosen = marked_place(logits) if place is None else place
        where[0, 0, : size[0], : size[1]] = torch.from_numpy(chosen).to(device)
        evidence = torch.from_numpy(logits)[None].to(device)
        return Look(logits, network.describe(encoded, x, where, evidence).float())


def _to_input(values: FloatArray, network: FewShotNetwork, device: torch.device) -> Tensor:
    """(1, 1, H, W); padded where the network takes any size."""
    x = torch.from_numpy(np.ascontiguousarray(values))[None, None].to(device)
    return pad_to_multiple(x, network.stride) if network.side is None else x
