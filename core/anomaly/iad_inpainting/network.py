"""Encoder, decoder and discriminator."""

from torch import Tensor, nn

from core.anomaly.convolutions import down_stack, up_stack

LATENT = 100


class InpaintingNetwork(nn.Module):
    """An autoencoder whose encoder also reads what it rebuilt, and a discriminator.

    Args:
        side: of the images, a power of two.
        width: channels after the first convolution.
    """

    def __init__(self, side: int, width: int) -> None:
        super().__init__()
        trunk, channels = down_stack(side, width, norm=True)
        self.encoder = nn.Sequential(trunk, nn.Conv2d(channels, LATENT, 4))
        self.decoder = up_stack(side, width, LATENT)
        self.features, channels = down_stack(side, width, norm=True)
        self.judge = nn.Conv2d(channels, 1, 4)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(B, 1, S, S) to what is rebuilt, its latent vector before, and that after."""
        latent = self.encoder(images)
        rebuilt = self.decoder(latent)
        return rebuilt, latent, self.encoder(rebuilt)
