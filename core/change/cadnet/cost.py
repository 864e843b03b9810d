"""How large a network is, and how much it computes."""

from dataclasses import dataclass

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from core.change.cadnet.network import CADNet


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one network.

    Attributes:
        parameters: in all.
        multiply_adds: of one pair; papers that count with fvcore call them FLOPs.
    """

    parameters: int
    multiply_adds: int


def measure_cost(network: CADNet, side: int) -> Cost:
    """Cost of a square pair of `side` px, a multiple of 32.

    Attention is computed by plain products meanwhile: torch counts no fused attention on the CPU.
    """
    image = torch.zeros(1, network.spec.in_chans, side, side, device=next(network.parameters()).device)
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), counter:
        network(image, image)
    # torch counts a multiplication and an addition as two.
    return Cost(sum(part.numel() for part in network.parameters()), counter.get_total_flops() // 2)
