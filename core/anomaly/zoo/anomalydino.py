"""AnomalyDINO: cosine distance to the nearest normal token of a transformer."""

import torch

from core.anomaly.anomalib_parts import LibraryMethod, anomalib_module, features_given
from core.anomaly.card import VadSpec
from core.anomaly.method import NormalImages
from core.anomaly.tokens import Tokens
from core.anomaly.zoo.patchcore import draw_some

_STAND_IN = "vit_small_patch14_dinov2"
"""anomalib wants a DINO by name; its features are replaced by ours."""
_MOST_TOKENS = 20_000


class AnomalyDino(LibraryMethod):
    """Nearest normal token.

    Source:
        Damm et al. 2025, without masking of a background, which wafer images do not have. Of more than 20,000 tokens
        some are drawn by chance.
    """

    def __init__(self, spec: VadSpec, source: str | None) -> None:
        module = anomalib_module("image.anomaly_dino.torch_model")
        tokens = Tokens(str(spec.backbone), source, last=True)
        with features_given(module, lambda layers, **_: tokens.named(layers)):
            super().__init__(module.AnomalyDINOModel(encoder_name=_STAND_IN))

    def finish(self, normals: NormalImages) -> None:
        """Keep the tokens of normal images."""
        self.model.train()
        most, kept = max(1, _MOST_TOKENS // len(normals.squares)), []
        for x in normals.batches("AnomalyDINO: reading normal tokens"):
            self.model(x)
            kept.append(draw_some(self.model.embedding_store.pop(), most * len(x)))
        self.model.eval()
        self.model.memory_bank = torch.cat(kept)
