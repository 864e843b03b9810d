"""Keeps the garbage collector from stopping the window."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading_libraries() -> Iterator[None]:
    """Collect nothing meanwhile, and leave all that is alive afterwards out of later collections.

    A full collection walks every object while no other thread runs. The 400,000 of the detector's libraries make that
    a third of a second in which no key is answered, and nothing of them ever is garbage.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
