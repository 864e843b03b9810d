"""ResiduaNet, the project's own encoder: ConvNeXt-like blocks at stride 4, 8 and 16, one grey channel.

Defects are often 4-12 px, so the stem's stride is 4 and the finest tokens that are compared lie 8 px apart.
Registered with timm, so that it is created, loaded and read like any other backbone.
"""

from typing import Any, Literal

import torch
from torch import Tensor, nn

from core.networks.periods import lattice_residual
from core.networks.torchvision_remedy import prepare_torchvision

prepare_torchvision()

from timm.models import register_model  # noqa: E402 - timm imports torchvision

_KERNELS = (3, 7, 7)  # of the stages


class ConvBlock(nn.Module):
    """ConvNeXt block: depthwise convolution, channel norm, MLP × 4, scaled residual.

    Args:
        dim: channels.
        kernel: side of the depthwise kernel; 3 at stride 4, where CPUs run it ten times as fast as 7.

    Source:
        Liu et al. 2022, Sec. 2.6.
    """

    def __init__(self, dim: int, kernel: int = 7) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(dim, dim, kernel, padding=kernel // 2, groups=dim)
        self.norm = nn.LayerNorm(dim)
        self.expand = nn.Linear(dim, 4 * dim)
        self.project = nn.Linear(4 * dim, dim)
        self.scale = nn.Parameter(torch.full((dim,), 0.1))

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) to the same."""
        y = self.norm(self.depthwise(x).permute(0, 2, 3, 1))
        y = self.project(nn.functional.gelu(self.expand(y))) * self.scale
        out: Tensor = x + y.permute(0, 3, 1, 2)
        return out


class Downsample(nn.Module):
    """Channel norm, then a strided convolution that halves the grid."""

    def __init__(self, dim_in: int, dim_out: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(dim_in)
        self.reduce = nn.Conv2d(dim_in, dim_out, 3, stride=2, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) to (B, C', H/2, W/2)."""
        out: Tensor = self.reduce(self.norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2))
        return out


class ResiduaNet(nn.Module):
    """The encoder; blocks are numbered through all stages, from 0.

    It sees the image twice: as it is, and without what its own periods foretell, where a defect of a dense array
    stands alone.

    Args:
        dims: channels at stride 4, 8 and 16.
        depths: blocks at stride 4, 8 and 16.
        in_chans: input channels (1: SEM images are grey).
    """

    def __init__(self, dims: tuple[int, int, int], depths: tuple[int, int, int], in_chans: int = 1) -> None:
        super().__init__()
        self.dims, self.depths = dims, depths
        self.stem = nn.Conv2d(2 * in_chans, dims[0], 7, stride=4, padding=3)
        self.downs = nn.ModuleList(
            [nn.Identity(), Downsample(dims[0], dims[1]), Downsample(dims[1], dims[2])]
        )
        self.stages = nn.ModuleList(
            nn.ModuleList(ConvBlock(dim, kernel) for _ in range(depth))
            for dim, depth, kernel in zip(dims, depths, _KERNELS, strict=True)
        )

    @property
    def stage_ends(self) -> list[int]:
        """Index of each stage's last block."""
        return [sum(self.depths[: stage + 1]) - 1 for stage in range(3)]

    def forward(self, x: Tensor) -> list[Tensor]:
        """Last output of each stage: (B, C₁, H/4, W/4), (B, C₂, H/8, W/8), (B, C₃, H/16, W/16).

        Args:
            x: (B, in_chans, H, W), H and W multiples of 16.
        """
        outputs = self.forward_intermediates(x)
        return [outputs[end] for end in self.stage_ends]

    def forward_intermediates(
        self,
        x: Tensor,
        indices: list[int] | None = None,
        norm: bool = False,
        output_fmt: Literal["NCHW"] = "NCHW",
        intermediates_only: bool = True,
    ) -> list[Tensor]:
        """Outputs of the blocks of these indices, all by default; signature as timm's models have it."""
        if norm or output_fmt != "NCHW" or not intermediates_only:
            raise ValueError("ResiduaNet gives un-normalised NCHW intermediates only")
        outputs: list[Tensor] = []
        x = self.stem(_with_lattice_residual(x))
        for down, blocks in zip(self.downs, self.stages, strict=True):
            x = down(x)
            for block in blocks.children():
                x = block(x)
                outputs.append(x)
        return outputs if indices is None else [outputs[index] for index in indices]


def _with_lattice_residual(x: Tensor) -> Tensor:
    """(B, 1, H, W) to (B, 2, H, W)."""
    with torch.no_grad(), torch.autocast(x.device.type, enabled=False):
        return torch.cat([x, lattice_residual(x.float()).to(x.dtype)], dim=1)


def residua_s(pretrained: bool = False, **kwargs: Any) -> ResiduaNet:
    """The CPU tier: 48/96/160 channels, 2/4/4 blocks."""
    return _build((48, 96, 160), (2, 4, 4), pretrained, **kwargs)


def residua_test(pretrained: bool = False, **kwargs: Any) -> ResiduaNet:
    """The smallest encoder that has every part; for tests."""
    return _build((8, 16, 16), (1, 2, 1), pretrained, **kwargs)


def _build(
    dims: tuple[int, int, int], depths: tuple[int, int, int], pretrained: bool, **kwargs: Any
) -> ResiduaNet:
    if pretrained:
        raise ValueError("ResiduaNet's weights come with a detector's safetensors file, not from the hub")
    return ResiduaNet(dims, depths, in_chans=int(kwargs.get("in_chans", 1)))


for _entry in (residua_s, residua_test):
    register_model(_entry)
