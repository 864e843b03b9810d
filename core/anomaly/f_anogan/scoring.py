"""f-AnoGAN as a method of this room."""

from torch import Tensor

from core.anomaly.card import VadSpec
from core.anomaly.f_anogan.network import FAnoGANNetwork
from core.anomaly.f_anogan.objective import adversarial_loss, encoder_loss, residual_scores
from core.anomaly.inputs import to_generative
from core.anomaly.method import AnomalyMethod, Phase, Scored


class FAnoGAN(AnomalyMethod):
    """What the generator of normal images cannot give back.

    Source:
        Schlegl et al. 2019: score = image MSE + κ · critic-feature MSE; the map is the pixels' absolute difference.
    """

    def __init__(self, spec: VadSpec, _source: str | None) -> None:
        super().__init__()
        self.network = FAnoGANNetwork(spec.side, int(spec.width or 1))

    def phases(self) -> tuple[Phase, ...]:
        """GAN, then encoder."""
        network = self.network
        players = (*network.generator.parameters(), *network.critic.parameters())
        return (
            Phase(
                "f-AnoGAN images",
                players,
                lambda x, step: adversarial_loss(network, to_generative(x), step),
                share=0.7,
                rate=2e-4,
                betas=(0.0, 0.9),
                clip=100.0,
            ),
            Phase(
                "f-AnoGAN encoder",
                tuple(network.encoder.parameters()),
                lambda x, _step: encoder_loss(network, to_generative(x)),
                share=0.3,
            ),
        )

    def score(self, x: Tensor) -> Scored:
        """See `AnomalyMethod.score`."""
        images = to_generative(x)
        rebuilt = self.network.rebuild(images)
        return Scored((images - rebuilt).abs()[:, 0], residual_scores(self.network, images, rebuilt))
