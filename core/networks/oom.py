"""Out of memory is no failure: halve the batch, then go to the CPU."""

import logging
from collections.abc import Callable
from typing import TypeVar

import torch

_log = logging.getLogger(__name__)

T = TypeVar("T")
R = TypeVar("R")


def run_with_back_off(
    forward: Callable[[list[T], torch.device], list[R]],
    items: list[T],
    batch_size: int,
    device: torch.device,
    check: Callable[[], None],
) -> list[R]:
    """Run items through `forward` in batches; every item once, in order.

    Args:
        forward: a batch and the device to results, one an item.
        items: what to run.
        batch_size: to begin with.
        device: to begin with.
        check: called before each batch; may raise to stop.

    Raises:
        torch.OutOfMemoryError: even a single item does not fit in the CPU's memory.
    """
    results: list[R] = []
    while len(results) < len(items):
        check()
        batch = items[len(results) : len(results) + batch_size]
        try:
            results.extend(forward(batch, device))
        except torch.OutOfMemoryError:
            batch_size, device = _smaller(batch_size, device)
    return results


def _smaller(batch_size: int, device: torch.device) -> tuple[int, torch.device]:
    if device.type == "cuda":
        torch.cuda.empty_cache()
    if batch_size > 1:
        _log.warning("out of memory with %d images at once; trying %d", batch_size, batch_size // 2)
        return batch_size // 2, device
    if device.type == "cpu":
        raise torch.OutOfMemoryError("a single image does not fit in memory")
    _log.warning("out of memory with one image on %s; going on with the CPU", device)
    return 1, torch.device("cpu")
