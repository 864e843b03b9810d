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
    """

    def __init__(self, source: WindowSet, *, side: int, batch: int, seed: int) -> None:
        self._source = source
        self._side, self._batch, self._seed = side, batch, seed
        groups = np.unique(source.kinds)
        self._groups = [np.flatnonzero(source.kinds == group) for group in groups]
        self._shares = np.array(
            [len(group) if kind == UNKNOWN else 1.0 for kind, group in self._pairs(groups)]
        )

    def _pairs(self, groups: IntArray) -> list[tuple[int, IntArray]]:
        return list(zip(groups.tolist(), self._groups, strict=True))

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
        shares = self._shares / self._shares.sum()
        groups = rng.choice(len(self._groups), self._batch, p=shares)
        return np.array([rng.choice(self._groups[group]) for group in groups], np.int64)
