"""Methods by name: what each builds, and the sizes with which it is trained when nobody says otherwise."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

import torch

from core.anomaly.card import VadSpec
from core.anomaly.f_anogan.scoring import FAnoGAN
from core.anomaly.iad_inpainting.scoring import IadInpainting
from core.anomaly.method import AnomalyMethod
from core.anomaly.riad.scoring import Riad
from core.anomaly.zoo.anomalydino import AnomalyDino
from core.anomaly.zoo.cfa import Cfa
from core.anomaly.zoo.dinomaly import Dinomaly
from core.anomaly.zoo.efficientad import EfficientAd
from core.anomaly.zoo.fastflow import Fastflow
from core.anomaly.zoo.ganomaly import Ganomaly
from core.anomaly.zoo.padim import Padim
from core.anomaly.zoo.patchcore import PatchCore
from core.anomaly.zoo.rd4ad import Rd4ad
from core.anomaly.zoo.stfpm import Stfpm
from core.anomaly.zoo.supersimplenet import SuperSimpleNet
from core.domain.errors import UserError
from core.domain.recipes import LearnedMethod

_SIDE_HINT = "Give another --side, or leave it out."
Build = Callable[[VadSpec, str | None], AnomalyMethod]


@dataclass(frozen=True, slots=True)
class MethodEntry:
    """A method.

    Attributes:
        title: as its paper writes it.
        build: of a spec and where the backbone's weights come from: a file, "hub", or None for untrained ones.
        backbone: default; None where it takes none.
        side: of the square that it sees, px.
        steps, batch: of a training.
        width: of networks that it builds itself; None where it builds none.
        needs_anomalib: whether it is one of anomalib's.
        multiple: its side is a multiple of this; 0: a power of two.
        least: side.
    """

    title: str
    build: Build
    backbone: str | None = "residua_s"
    side: int = 224
    steps: int = 1
    batch: int = 4
    width: int | None = None
    needs_anomalib: bool = True
    multiple: int = 32
    least: int = 32

    def refuse_side(self, side: int) -> None:
        """See that the method can see a square of this side.

        Raises:
            UserError: it cannot.
        """
        if side < self.least:
            raise UserError(f"{self.title} sees sides of {self.least} px or more, not {side}.", _SIDE_HINT)
        if self.multiple and side % self.multiple:
            raise UserError(
                f"{self.title} sees sides that are multiples of {self.multiple} px, not {side}.", _SIDE_HINT
            )
        if not self.multiple and side & (side - 1):
            raise UserError(f"{self.title} sees sides that are powers of two, not {side} px.", _SIDE_HINT)


METHODS: MappingProxyType[LearnedMethod, MethodEntry] = MappingProxyType(
    {
        "patchcore": MethodEntry("PatchCore", PatchCore),
        "padim": MethodEntry("PaDiM", Padim),
        "cfa": MethodEntry("CFA", Cfa, steps=600, batch=1),
        "stfpm": MethodEntry("STFPM", Stfpm, steps=400),
        "rd4ad": MethodEntry("RD4AD", Rd4ad, steps=400, batch=2),
        "fastflow": MethodEntry("FastFlow", Fastflow, steps=300),
        "supersimplenet": MethodEntry("SuperSimpleNet", SuperSimpleNet, steps=600, batch=1, least=128),
        "ganomaly": MethodEntry(
            "GANomaly", Ganomaly, None, side=256, steps=800, batch=8, width=16, multiple=0
        ),
        "f_anogan": MethodEntry(
            "f-AnoGAN",
            FAnoGAN,
            None,
            side=64,
            steps=3000,
            batch=16,
            width=32,
            needs_anomalib=False,
            multiple=0,
        ),
        "iad_inpainting": MethodEntry(
            "IAD+Inpainting",
            IadInpainting,
            None,
            side=256,
            steps=1000,
            batch=8,
            width=16,
            needs_anomalib=False,
        ),
        "efficientad": MethodEntry(
            "EfficientAD", EfficientAd, side=256, steps=600, batch=1, width=32, least=128
        ),
        "dinomaly": MethodEntry("Dinomaly", Dinomaly, steps=300),
        "anomalydino": MethodEntry("AnomalyDINO", AnomalyDino),
        "riad": MethodEntry("RIAD", Riad, None, steps=1000, batch=1, width=12, needs_anomalib=False),
    }
)


def build_method(spec: VadSpec, source: str | None = None, seed: int = 0) -> AnomalyMethod:
    """A method before it has learned.

    Args:
        spec: what to build.
        source: of the backbone's weights: a .safetensors file, "hub", or None for untrained ones.
        seed: of all that begins by chance.

    Raises:
        UserError: the side or the backbone does not fit the method, its weights cannot be had, or anomalib is
            not installed.
    """
    entry = METHODS[spec.method]
    entry.refuse_side(spec.side)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return entry.build(spec, source)
