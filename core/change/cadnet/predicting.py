"""What a network says of one pair, at the size of its images."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from core.change.cadnet.encoder import STRIDE
from core.change.cadnet.network import CADNet
from core.domain.arrays import FloatArray
from core.networks.device import reduced_precision
from core.networks.preprocess import pad_to_multiple


def predict_logits(network: CADNet, test: FloatArray, reference: FloatArray, device: torch.device) -> Tensor:
    """(1 + C, H, W) logits on the device; channel 0 is unchanged.

    Args:
        network: in eval mode, on the device.
        test, reference: (in_chans, H, W) standardised, registered.
        device: where the network computes.
    """
    with torch.inference_mode(), reduced_precision(device):
        images = [torch.from_numpy(image)[None].to(device) for image in (test, reference)]
        padded = [pad_to_multiple(image, STRIDE) for image in images]
        logits, _ = network(padded[0], padded[1])
        size = padded[0].shape[-2:]
        full = F.interpolate(logits.float(), size=size, mode="bilinear", align_corners=False)
    return full[0, :, : test.shape[1], : test.shape[2]]


def predict_classes(
    network: CADNet, test: FloatArray, reference: FloatArray, device: torch.device
) -> NDArray[np.uint8]:
    """(H, W) most likely class of each pixel; 0 is unchanged. Arguments as of `predict_logits`."""
    classes: NDArray[np.uint8] = (
        predict_logits(network, test, reference, device).argmax(dim=0).to(torch.uint8).cpu().numpy()
    )
    return classes
