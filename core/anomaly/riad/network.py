"""The U-Net."""

import torch
from torch import Tensor, nn

_STAGES = 4


class UNet(nn.Module):
    """One channel to one channel in [0, 1].

    Args:
        width: channels at full resolution; doubled at each of four halvings.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        widths = [width * 2**stage for stage in range(_STAGES + 1)]
        self.first = _block(1, widths[0])
        self.down = nn.ModuleList(_block(widths[stage], widths[stage + 1]) for stage in range(_STAGES))
        self.up = nn.ModuleList(
            nn.ConvTranspose2d(widths[stage + 1], widths[stage], 2, stride=2)
            for stage in reversed(range(_STAGES))
        )
        self.join = nn.ModuleList(
            _block(2 * widths[stage], widths[stage]) for stage in reversed(range(_STAGES))
        )
        self.last = nn.Conv2d(width, 1, 1)

    def forward(self, images: Tensor) -> Tensor:
        """(B, 1, S, S) to the same; S a multiple of 16."""
        levels = [self.first(images)]
        for block in self.down:
            levels.append(block(nn.functional.max_pool2d(levels[-1], 2)))
        x = levels.pop()
        for grow, join in zip(self.up, self.join, strict=True):
            x = join(torch.cat([grow(x), levels.pop()], dim=1))
        return torch.sigmoid(self.last(x))


def _block(before: int, after: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for channels in (before, after):
        layers += [nn.Conv2d(channels, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
    return nn.Sequential(*layers)
