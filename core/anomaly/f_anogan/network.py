"""Generator, critic and encoder."""

import torch
from torch import Tensor, nn

from core.anomaly.convolutions import down_stack, up_stack

LATENT = 128


class Critic(nn.Module):
    """How real an image is, and the features by which it is judged."""

    def __init__(self, side: int, width: int) -> None:
        super().__init__()
        self.features, channels = down_stack(side, width, norm=False)
        self.judge = nn.Linear(channels * 16, 1)

    def forward(self, images: Tensor) -> Tensor:
        """(B, 1, S, S) to (B,); higher = more real."""
        judged: Tensor = self.judge(self.features(images).flatten(1))
        return judged[:, 0]


class FAnoGANNetwork(nn.Module):
    """The three networks.

    Args:
        side: of the images, a power of two.
        width: channels after the first convolution.
    """

    def __init__(self, side: int, width: int) -> None:
        super().__init__()
        self.generator = up_stack(side, width, LATENT)
        self.critic = Critic(side, width)
        trunk, channels = down_stack(side, width, norm=True)
        self.encoder = nn.Sequential(trunk, nn.Flatten(), nn.Linear(channels * 16, LATENT), nn.Tanh())

    def dream(self, count: int, device: torch.device) -> Tensor:
        """(count, 1, S, S) images of random latent vectors."""
        made: Tensor = self.generator(torch.randn(count, LATENT, 1, 1, device=device))
        return made

    def rebuild(self, images: Tensor) -> Tensor:
        """(B, 1, S, S) as the generator has them: image to latent vector to image."""
        rebuilt: Tensor = self.generator(self.encoder(images)[:, :, None, None])
        return rebuilt
