"""FastFlow: likelihood of a feature under a normalizing flow in two dimensions."""

from types import SimpleNamespace

from torch import Tensor, nn

from core.anomaly.anomalib_parts import LibraryMethod, anomalib_module, features_given
from core.anomaly.card import VadSpec
from core.anomaly.features import Pyramid
from core.anomaly.method import Phase

_STAND_IN = "resnet18"
_FLOW_STEPS = 8


class _Stages(nn.Module):
    """A pyramid as timm's `features_only` gives it: a list, and what its stages are like."""

    def __init__(self, pyramid: Pyramid) -> None:
        super().__init__()
        self.pyramid = pyramid
        self.feature_info = SimpleNamespace(
            channels=lambda: pyramid.out_dims, reduction=lambda: pyramid.reductions
        )

    def forward(self, x: Tensor) -> list[Tensor]:
        """Maps at stride 4, 8 and 16."""
        return list(self.pyramid(x).values())


class Fastflow(LibraryMethod):
    """A flow a scale.

    Source:
        Yu et al. 2021, with 8 steps of alternating 3 × 3 and 1 × 1 convolutions.
    """

    def __init__(self, spec: VadSpec, source: str | None) -> None:
        module, losses = (anomalib_module(f"image.fastflow.{part}") for part in ("torch_model", "loss"))
        stages = _Stages(Pyramid(str(spec.backbone), source))
        instead = SimpleNamespace(create_model=lambda *_, **__: stages)
        with features_given(module, instead, "timm"):
            super().__init__(
                module.FastflowModel((spec.side, spec.side), _STAND_IN, False, flow_steps=_FLOW_STEPS)
            )
        self._loss = losses.FastflowLoss()

    def phases(self) -> tuple[Phase, ...]:
        """One: the flows, and the norms before them."""
        learns = tuple(value for value in self.model.parameters() if value.requires_grad)
        return (Phase("FastFlow", learns, self._fit, weight_decay=1e-5),)

    def _fit(self, x: Tensor, _step: int) -> Tensor:
        hidden, jacobians = self.model(x)
        loss: Tensor = self._loss(hidden, jacobians) / sum(one[0].numel() for one in hidden)
        return loss  # a mean a feature, so that clipping means the same at any size
