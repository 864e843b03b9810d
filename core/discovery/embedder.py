"""What every embedding offers, whatever its network."""

from collections.abc import Callable, Sequence
from typing import Protocol

from core.domain.arrays import FloatArray
from core.domain.maps import Crop


class Embedder(Protocol):
    """Describes crops by vectors; not thread-safe, owned by the job that made it."""

    identity: str
    """Which network with which weights."""

    def embed(self, crops: Sequence[Crop], check: Callable[[], None]) -> FloatArray:
        """(N, D) float32, L2-normalised; similar defects have a high cosine.

        Args:
            crops: of any sizes.
            check: called before each batch; may raise to stop.
        """
        ...
