"""Phase-only transform: periodic structure is flattened in the spectrum, what is left stands alone."""

import math

import torch
from torch import Tensor

from core.networks.flatten import flatten_contrast, half_size, smooth


def phase_only(x: Tensor) -> Tensor:
    """Energy of the image whose spectrum keeps its phase and loses its magnitude.

    Args:
        x: (H, W) standardised image, H and W multiples of 16.

    Returns:
        (H/2, W/2), ≥ 0.

    Source:
        Aiger & Talbot 2010 (PHOT).
    """
    spectrum = torch.fft.rfft2(flatten_contrast(x))
    whitened = torch.fft.irfft2(spectrum / spectrum.abs().clamp_min(1e-6), s=x.shape)
    energy = smooth(half_size(whitened.square()), 1.5).clamp_min(0)
    return energy.sqrt().mul(math.sqrt(x.numel()))
