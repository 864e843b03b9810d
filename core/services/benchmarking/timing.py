"""How long work takes on a machine that others use too."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def timed(work: Callable[[], T], device: str) -> tuple[T, float]:
    """What the work gives, and its seconds: on a CPU the time that it was given, on others that of the clock."""
    clock = time.process_time if device == "cpu" else time.perf_counter
    began = clock()
    return work(), clock() - began
