"""IAD+Inpainting as a method of this room."""

from torch import Tensor
from torch.nn import functional as F

from core.anomaly.card import VadSpec
from core.anomaly.iad_inpainting.network import InpaintingNetwork
from core.anomaly.iad_inpainting.objective import inpainting_loss, reconstruction_loss
from core.anomaly.inputs import to_generative
from core.anomaly.method import AnomalyMethod, Phase, Scored

_TOP_SHARE = 0.01
_SMOOTHING = 5


class IadInpainting(AnomalyMethod):
    """What does not come back the same; the image score is the mean of the map's highest hundredth."""

    def __init__(self, spec: VadSpec, _source: str | None) -> None:
        super().__init__()
        self.network = InpaintingNetwork(spec.side, int(spec.width or 1))

    def phases(self) -> tuple[Phase, ...]:
        """Reconstruction, then inpainting."""
        network = self.network
        rebuilding = (*network.encoder.parameters(), *network.decoder.parameters())
        return (
            Phase(
                "IAD reconstruction",
                (*rebuilding, *network.features.parameters(), *network.judge.parameters()),
                lambda x, step: reconstruction_loss(network, to_generative(x), step),
                share=0.6,
                betas=(0.5, 0.999),
            ),
            Phase(
                "IAD inpainting",
                rebuilding,
                lambda x, _step: inpainting_loss(network, to_generative(x)),
                share=0.4,
                betas=(0.5, 0.999),
            ),
        )

    def score(self, x: Tensor) -> Scored:
        """See `AnomalyMethod.score`."""
        images = to_generative(x)
        rebuilt, _, _ = self.network(images)
        error = (images - rebuilt).abs()
        maps = F.avg_pool2d(error, _SMOOTHING, stride=1, padding=_SMOOTHING // 2, count_include_pad=False)[
            :, 0
        ]
        values = maps.flatten(1)
        highest = values.topk(max(1, round(_TOP_SHARE * values.shape[1])), dim=1).values
        return Scored(maps, highest.mean(dim=1))
