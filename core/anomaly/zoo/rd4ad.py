"""RD4AD: a decoder that rebuilds a teacher's features from a one-class embedding."""

import torch
from torch import Tensor

from core.anomaly.anomalib_parts import LibraryMethod, anomalib_module, features_given
from core.anomaly.card import VadSpec
from core.anomaly.features import LAYERS, Pyramid
from core.anomaly.method import Phase

_DECODERS = ("resnet18", "resnet34", "wide_resnet50_2", "resnet50")
_STAND_IN = "resnet18"
_STAND_IN_WIDTHS = (64, 128, 256)


class Widened(Pyramid):
    """A pyramid in more channels, so that a ResNet's mirror can rebuild it.

    Each map is turned into the wider space by a fixed matrix with orthonormal columns: lengths and angles, which are
    all that is compared, stay as they are.
    """

    def __init__(self, name: str, source: str | None) -> None:
        super().__init__(name, source)
        for layer, narrow, wide in zip(LAYERS, self.out_dims, _STAND_IN_WIDTHS, strict=True):
            basis, _ = torch.linalg.qr(torch.randn(wide, narrow))
            self.register_buffer(f"basis_{layer}", basis[:, :, None, None].contiguous())

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        """Maps of 64, 128 and 256 channels."""
        maps = super().forward(x)
        return {
            layer: torch.nn.functional.conv2d(one, self.get_buffer(f"basis_{layer}"))
            for layer, one in maps.items()
        }


class Rd4ad(LibraryMethod):
    """Encoder against decoder.

    Source:
        Deng and Li 2022; maps are added, as in anomalib.
    """

    def __init__(self, spec: VadSpec, source: str | None) -> None:
        module, losses, maps = (
            anomalib_module(f"image.reverse_distillation.{part}")
            for part in ("torch_model", "loss", "anomaly_map")
        )
        name = str(spec.backbone)
        mirrored = name.split(".")[0] in _DECODERS
        pyramid = Pyramid(name, source) if mirrored else Widened(name, source)
        with features_given(module, lambda **_: pyramid):
            model = module.ReverseDistillationModel(
                name.split(".")[0] if mirrored else _STAND_IN,
                (spec.side, spec.side),
                list(LAYERS),
                maps.AnomalyMapGenerationMode.ADD,
                pre_trained=False,
            )
        super().__init__(model)
        self._loss = losses.ReverseDistillationLoss()

    def phases(self) -> tuple[Phase, ...]:
        """One."""
        learns = (*self.model.decoder.parameters(), *self.model.bottleneck.parameters())
        return (Phase("RD4AD decoder", learns, self._rebuild, betas=(0.5, 0.99)),)

    def _rebuild(self, x: Tensor, _step: int) -> Tensor:
        loss: Tensor = self._loss(*self.model(x))
        return loss
