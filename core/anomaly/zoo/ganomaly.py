"""GANomaly: an autoencoder against a discriminator; what its second encoder reads otherwise is anomalous."""

from torch import Tensor, nn
from torch.nn import functional as F

from core.anomaly.anomalib_parts import LibraryMethod, anomalib_module
from core.anomaly.card import VadSpec
from core.anomaly.convolutions import at_rest
from core.anomaly.inputs import to_generative
from core.anomaly.method import Phase, Scored

_LATENT = 100
_SMOOTHING = 5


class Ganomaly(LibraryMethod):
    """Distance of the latent vectors.

    Source:
        Akcay et al. 2018: the image score is the distance of the latent vectors, as in anomalib. The paper has no map;
        ours is the absolute difference to what was rebuilt.
    """

    def __init__(self, spec: VadSpec, _source: str | None) -> None:
        module, losses = (anomalib_module(f"image.ganomaly.{part}") for part in ("torch_model", "loss"))
        super().__init__(module.GanomalyModel((spec.side, spec.side), 1, int(spec.width or 1), _LATENT))
        self._generator_loss, self._discriminator_loss = losses.GeneratorLoss(), losses.DiscriminatorLoss()

    def phases(self) -> tuple[Phase, ...]:
        """One, in turns."""
        learns = (*self.model.generator.parameters(), *self.model.discriminator.parameters())
        return (Phase("GANomaly", learns, self._play, rate=5e-4, betas=(0.5, 0.999)),)

    def _play(self, x: Tensor, step: int) -> Tensor:
        """Odd steps are the discriminator's."""
        images = to_generative(x)
        judge: nn.Module = self.model.discriminator
        if step % 2:
            _, rebuilt, _, _ = self.model(images)
            real, fake = judge(images)[0], judge(rebuilt.detach())[0]
            loss: Tensor = self._discriminator_loss(real, fake)
            return loss
        with at_rest(judge):
            _, rebuilt, latent, latent_after = self.model(images)
            loss = self._generator_loss(
                latent, latent_after, images, rebuilt, judge(images)[0], judge(rebuilt)[0]
            )
        return loss

    def score(self, x: Tensor) -> Scored:
        """See `AnomalyMethod.score`."""
        images = to_generative(x)
        rebuilt, latent, latent_after = self.model.generator(images)
        error = (images - rebuilt).abs()
        maps = F.avg_pool2d(error, _SMOOTHING, stride=1, padding=_SMOOTHING // 2, count_include_pad=False)
        return Scored(maps[:, 0], (latent - latent_after).square().flatten(1).mean(dim=1))
