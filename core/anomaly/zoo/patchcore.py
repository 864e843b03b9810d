"""PatchCore: distance to the nearest of the normal patches that a coreset keeps."""

import numpy as np
import torch
from torch import Tensor

from core.anomaly.anomalib_parts import LibraryMethod, anomalib_module, features_given
from core.anomaly.card import VadSpec
from core.anomaly.features import Pyramid
from core.anomaly.method import NormalImages

_LAYERS = ("layer2", "layer3")
_NEIGHBOURS = 9
_SHARE = 0.1
_PROJECTION_SEED = 1
_MOST_PATCHES, _MOST_KEPT = 40_000, 2_000
"""Of more patches some are drawn by chance before the coreset; memory and time stay bounded on any lot."""


class PatchCore(LibraryMethod):
    """Nearest normal patch.

    Source:
        Roth et al. 2022, with the published layers, neighbours and coreset share; patches and bank are capped.
    """

    def __init__(self, spec: VadSpec, source: str | None) -> None:
        module = anomalib_module("image.patchcore.torch_model")
        with features_given(module, lambda **_: Pyramid(str(spec.backbone), source, _LAYERS)):
            super().__init__(module.PatchcoreModel(_LAYERS, str(spec.backbone), False, _NEIGHBOURS))

    def finish(self, normals: NormalImages) -> None:
        """Fill the memory bank."""
        self.model.train()
        most = max(1, _MOST_PATCHES // len(normals.squares))
        patches = []
        for x in normals.batches("PatchCore: reading normal patches"):
            patches.append(draw_some(self.model(x), most * len(x)))
            self.model.embedding_store.clear()  # anomalib keeps every patch of every image
        self.model.eval()
        self.model.memory_bank = keep_coreset(torch.cat(patches), normals)


def keep_coreset(patches: Tensor, normals: NormalImages) -> Tensor:
    """The patches that lie farthest from each other.

    Args:
        patches: (N, D).
        normals: whose progress is shown.

    Returns:
        (M, D), M at most a tenth of N.

    Source:
        Roth et al. 2022, Algorithm 1: greedy k-centre on random projections; anomalib's, stepped from here so that it
        can be stopped.
    """
    sampling = anomalib_module("components.sampling.k_center_greedy")
    share = min(_SHARE, _MOST_KEPT / len(patches))
    greedy = sampling.KCenterGreedy(patches, max(share, 1.5 / len(patches)))
    # Else NumPy's common chance is taken, which no seed of ours rules.
    greedy.model.random_state = np.random.RandomState(_PROJECTION_SEED)
    greedy.model.fit(patches)
    greedy.features = greedy.model.transform(patches)
    chosen = torch.randint(len(patches), (1,), device=patches.device).squeeze()
    kept = [chosen]
    for _ in normals.steps(greedy.coreset_size - 1, "choosing the coreset"):
        greedy.update_distances(chosen)
        chosen = greedy.get_new_idx()
        kept.append(chosen)
    return patches[torch.stack(kept)].clone()


def draw_some(patches: Tensor, most: int) -> Tensor:
    """(N, D) as it is, or so many rows of it by chance."""
    if len(patches) <= most:
        return patches
    return patches[torch.randperm(len(patches), device=patches.device)[:most]]
