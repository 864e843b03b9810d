"""EfficientAD: a fast student of a patch-description teacher, and an autoencoder for what is globally wrong."""

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from core.anomaly.anomalib_parts import LibraryMethod, anomalib_module
from core.anomaly.card import VadSpec
from core.anomaly.features import Pyramid
from core.anomaly.inputs import to_photograph
from core.anomaly.method import NormalImages, Phase, Scored
from core.domain.errors import UserError
from core.networks.backbone.frozen import HUB

PDN = "pdn_small"
"""Name of the teacher's own architecture, for a checkpoint of it."""
_PUBLISHED_WIDTH = 128
_DESCRIBED = 3  # channels of a description, times the width
_LAYERS = ("layer2", "layer3")
_PIECES = 4
_QUANTILES = (0.9, 0.995)
_SAMPLED_PLACES = 4096


class EfficientAd(LibraryMethod):
    """Student against teacher and autoencoder.

    The teacher is the paper's small network. It is distilled first, as in the paper, from a backbone: here on the
    normal images, where the paper takes ImageNet; or it comes from a file of its own.

    Source:
        Batzner et al. 2024. Its penalty keeps the student from mimicking on ImageNet images; ours on normal images
        whose pieces were shuffled, because nothing is downloaded.
    """

    def __init__(self, spec: VadSpec, source: str | None) -> None:
        module = anomalib_module("image.efficient_ad.torch_model")
        width = int(spec.width or _PUBLISHED_WIDTH)
        channels = _DESCRIBED * width
        model = module.EfficientAdModel(channels, padding=True, pad_maps=False)
        for network, described in ((model.teacher, channels), (model.student, 2 * channels)):
            _narrow(network, width, described)
        # The paper's autoencoder sees 256 px; its last convolution spans what is left of any side.
        model.ae.encoder.enconv6 = nn.Conv2d(64, 64, spec.side // 32)
        super().__init__(model)
        # Of the two steps that need no gradient anomalib makes parameters.
        self.model.mean_std.requires_grad_(False)
        self.model.quantiles.requires_grad_(False)
        self.guide = None if spec.backbone == PDN else _Guide(str(spec.backbone), source, channels)
        if spec.backbone == PDN and source is not None:
            _load_teacher(self.model.teacher, source)

    def phases(self) -> tuple[Phase, ...]:
        """The teacher where it comes from no file, then the student and the autoencoder."""
        learns = (*self.model.student.parameters(), *self.model.ae.parameters())
        student = Phase("EfficientAD student", learns, self._mimic, share=0.7, rate=1e-4, weight_decay=1e-5)
        if self.guide is None:
            return (student,)
        teacher = tuple(self.model.teacher.parameters())
        return (Phase("EfficientAD teacher", teacher, self._distil, share=0.3, rate=1e-4), student)

    def _distil(self, x: Tensor, _step: int) -> Tensor:
        described = self.model.teacher(to_photograph(x))
        wanted = self.guide(x) if self.guide is not None else described
        return F.mse_loss(described, F.interpolate(wanted, size=described.shape[-2:], mode="bilinear"))

    def _mimic(self, x: Tensor, step: int) -> Tensor:
        images = to_photograph(x)
        if not step or not bool(self.model.is_set(self.model.mean_std)):
            self._measure_teacher(images)
        return torch.stack(self.model(images, shuffle_pieces(images))).sum()

    def _measure_teacher(self, images: Tensor) -> None:
        """Mean and deviation of its channels on the first batch of the phase."""
        with torch.no_grad():
            said = self.model.teacher(images)
        self.model.mean_std["mean"].copy_(said.mean(dim=(0, 2, 3), keepdim=True))
        self.model.mean_std["std"].copy_(said.std(dim=(0, 2, 3), keepdim=True).clamp_min(1e-4))

    def finish(self, normals: NormalImages) -> None:
        """Quantiles that put the two maps on one scale."""
        rows: dict[str, list[Tensor]] = {"st": [], "ae": []}
        for x in normals.batches("EfficientAD: reading quantiles"):
            for name, one in zip(rows, self.model.get_maps(to_photograph(x)), strict=True):
                rows[name].append(one.flatten()[torch.randint(one.numel(), (_SAMPLED_PLACES,))])
        for name, parts in rows.items():
            for letter, share in zip("ab", _QUANTILES, strict=True):
                self.model.quantiles[f"q{letter}_{name}"].copy_(torch.quantile(torch.cat(parts), share))

    def score(self, x: Tensor) -> Scored:
        """See `AnomalyMethod.score`."""
        return super().score(to_photograph(x))


class _Guide(nn.Module):
    """What the teacher is distilled from: two maps of a backbone, in the teacher's channels.

    Source:
        Batzner et al. 2024, Sec. 3.1: features of a pretrained network, standardised; here turned into the teacher's
        channels by a fixed matrix.
    """

    def __init__(self, name: str, source: str | None, channels: int) -> None:
        super().__init__()
        self.pyramid = Pyramid(name, source, _LAYERS)
        read = sum(self.pyramid.out_dims)
        self.register_buffer("mixing", torch.randn(channels, read, 1, 1) / read**0.5)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, h, w), each channel of unit deviation."""
        first, second = self.pyramid(x).values()
        both = torch.cat([first, F.interpolate(second, size=first.shape[-2:], mode="bilinear")], dim=1)
        centred = both - both.mean(dim=(0, 2, 3), keepdim=True)
        scaled = centred / centred.std(dim=(0, 2, 3), keepdim=True).clamp_min(1e-6)
        mixed: Tensor = F.conv2d(scaled, self.get_buffer("mixing"))
        return mixed


def _narrow(network: nn.Module, width: int, described: int) -> None:
    """Give the small patch-description network another width than the published 128."""
    if width != _PUBLISHED_WIDTH:
        network.conv1 = nn.Conv2d(3, width, 4, padding=3)
        network.conv2 = nn.Conv2d(width, 2 * width, 4, padding=3)
        network.conv3 = nn.Conv2d(2 * width, 2 * width, 3, padding=1)
        network.conv4 = nn.Conv2d(2 * width, described, 4)


def shuffle_pieces(images: Tensor) -> Tensor:
    """(B, C, S, S) with their 4 × 4 pieces in another order: made of the same, and normal nowhere as a whole."""
    side = images.shape[-1] // _PIECES
    pieces = images.unfold(2, side, side).unfold(3, side, side).flatten(2, 3)
    shuffled = pieces[:, :, torch.randperm(_PIECES**2, device=images.device)]
    rows = shuffled.unflatten(2, (_PIECES, _PIECES)).permute(0, 1, 2, 4, 3, 5)
    whole: Tensor = rows.reshape(*images.shape[:2], _PIECES * side, _PIECES * side)
    return whole


def _load_teacher(teacher: nn.Module, source: str) -> None:
    """Load a checkpoint of the teacher.

    Raises:
        UserError: it is none, or is to come from the hub, which has none.
    """
    if source == HUB:
        raise UserError("The hub has no EfficientAD teacher.", "Give its checkpoint as a .safetensors file.")
    try:
        teacher.load_state_dict(load_file(Path(source).expanduser()))
    except (OSError, SafetensorError, RuntimeError) as error:
        raise UserError(
            f"{Path(source).name} holds no small EfficientAD teacher.",
            "Convert anomalib's pretrained_teacher_small.pth to .safetensors, or leave the backbone out.",
        ) from error
