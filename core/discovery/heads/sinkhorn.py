"""Pseudo-labels by optimal transport: every class gets a share, but not an equal one."""

import torch
from torch import Tensor


def assign_softly(
    logits: Tensor, marginal: Tensor, *, strength: float, temperature: float, rounds: int = 3
) -> Tensor:
    """Targets of unlabelled samples.

    Args:
        logits: (N, C) cosine logits; −inf forbids a class.
        marginal: (C,) expected shares of the classes, summing to 1.
        strength: how far the classes are pushed to that share: 1 forces it, 0 leaves a plain softmax.
        temperature: entropy of the assignment; the lower, the harder.
        rounds: of scaling.

    Returns:
        (N, C) rows that sum to 1.

    Source:
        Cuturi 2013; the softened column scaling is that of unbalanced transport (Chizat et al. 2018), where UNO's
        equal partition is the case of strength 1 and a uniform marginal.
    """
    log_plan = torch.log_softmax(logits / temperature, dim=1)
    goal = torch.log(marginal.clamp_min(1e-8))
    for _ in range(rounds):
        share = torch.logsumexp(log_plan, dim=0) - torch.log(torch.tensor(float(len(logits))))
        log_plan = log_plan + strength * torch.where(torch.isfinite(share), goal - share, 0.0)
        log_plan = torch.log_softmax(log_plan, dim=1)
    return log_plan.exp()
