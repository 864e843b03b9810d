"""Dinomaly: a decoder of linear attention that rebuilds a transformer's middle tokens, and cannot rebuild defects."""

from torch import Tensor

from core.anomaly.anomalib_parts import LibraryMethod, anomalib_module, features_given
from core.anomaly.card import VadSpec
from core.anomaly.method import Phase
from core.anomaly.tokens import Tokens

_DEPTH = 8


class Dinomaly(LibraryMethod):
    """Encoder against decoder, in two groups of blocks.

    Source:
        Guo et al. 2025. The class token is left out; AdamW takes the place of StableAdamW. Our own encoder has four
        blocks of one size instead of eight, and the decoder as many.
    """

    def __init__(self, spec: VadSpec, source: str | None) -> None:
        module = anomalib_module("image.dinomaly.torch_model")
        name = str(spec.backbone)
        tokens = Tokens(name, source)
        targets = [int(block.rsplit(".", 1)[-1]) for block in tokens.names]
        depth = min(_DEPTH, len(targets))
        shape = {"embed_dim": tokens.dim, "num_heads": _heads(tokens.dim), "target_layers": targets}
        with (
            features_given(module, lambda **_: tokens),
            features_given(module, {name: shape}, "DINO_ARCHITECTURES"),
        ):
            model = module.DinomalyModel(name, decoder_depth=depth, remove_class_token=True)
        model.fuse_layer_encoder = model.fuse_layer_decoder = _halves(depth)
        super().__init__(model)

    def phases(self) -> tuple[Phase, ...]:
        """One."""
        learns = (*self.model.bottleneck.parameters(), *self.model.decoder.parameters())
        return (Phase("Dinomaly decoder", learns, self._rebuild, rate=2e-3, weight_decay=1e-4, clip=0.1),)

    def _rebuild(self, x: Tensor, step: int) -> Tensor:
        loss: Tensor = self.model(x, global_step=step)
        return loss


def _heads(dim: int) -> int:
    """Heads of 64 channels as in DINOv2; a narrow encoder gets four."""
    return dim // 64 if dim % 64 == 0 else 4


def _halves(depth: int) -> list[list[int]]:
    """The first and the second half of the blocks."""
    return [list(range(depth // 2)), list(range(depth // 2, depth))]
