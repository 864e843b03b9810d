"""Windows on disk or in memory, and the batches of views that are drawn from them."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.discovery.training.augment import draw_view

UNKNOWN = -1

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class WindowSet:
    """Defects with some background around them.

    Attributes:
        windows: (N, 2, S, S) uint8, pixels and mask times 255; wider than the crops that are cut from them.
        kinds: (N,) class, or UNKNOWN.
        layouts: (N,) background; alike where the layout is.
    """

    windows: NDArray[np.uint8]
    kinds: IntArray
    layouts: IntArray

    @property
    def kind_count(self) -> int:
        """Classes that have a name."""
        return int(self.kinds.max(initial=UNKNOWN)) + 1


@dataclass(frozen=True, slots=True)
class ViewBatch:
    """Two views of each defect; the second ones follow the first ones.

    Attributes:
        inputs: (2·B, 2, side, side).
        kinds, layouts, defects: (2·B,).
    """

    inputs: Tensor
    kinds: Tensor
    layouts: Tensor
    defects: Tensor


class ViewSampler:
    """Batches in which kinds come equally often; the batch of a step depends on the seed and the step alone.

    Args:
        source: the defects.
        side: of the views, in px.
        batch: defects a batch.
        seed: of everything that is drawn.
        layouts: so many backgrounds a batch, drawn anew each time, so that different kinds on one background meet;
            None takes all.
    """

    def __init__(
        self, source: WindowSet, *, side: int, batch: int, seed: int, layouts: int | None = None
    ) -> None:
        self._source = source
        self._side, self._batch, self._seed = side, batch, seed
        self._layouts = np.unique(source.layouts)
        self._layout_count = min(layouts or len(self._layouts), len(self._layouts))

    def draw(self, step: int) -> ViewBatch:
        """Batch of a step."""
        rng = np.random.default_rng([self._seed, step])
        picked = self._pick(rng)
        views = [draw_view(self._source.windows[index], self._side, rng) for index in [*picked, *picked]]
        twice = np.concatenate([picked, picked])
        return ViewBatch(
            torch.from_numpy(np.stack(views)),
            torch.from_numpy(self._source.kinds[twice]),
            torch.from_numpy(self._source.layouts[twice]),
            torch.from_numpy(twice),
        )

    def _pick(self, rng: np.random.Generator) -> IntArray:
        drawn = rng.choice(self._layouts, self._layout_count, replace=False)
        allowed = np.flatnonzero(np.isin(self._source.layouts, drawn))
        picked = rng.choice(allowed, self._batch, p=_even_shares(self._source.kinds[allowed]))
        return picked.astype(np.int64)


def _even_shares(kinds: IntArray) -> NDArray[np.float64]:
    """(N,) probabilities: named kinds as often as each other, unnamed defects by their number."""
    names, group, counts = np.unique(kinds, return_inverse=True, return_counts=True)
    named = int(np.count_nonzero(kinds != UNKNOWN))
    mean_count = named / max(int(np.count_nonzero(names != UNKNOWN)), 1)
    shares = np.where(names == UNKNOWN, 1.0, mean_count / counts)[group]
    normalised: NDArray[np.float64] = shares / shares.sum()
    return normalised
