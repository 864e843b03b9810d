"""Methods by name: what each builds, and the sizes with which it is trained when nobody says otherwise."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

import torch

from core.anomaly.card import VadSpec
from core.anomaly.method import AnomalyMethod
from core.anomaly.zoo.padim import Padim
from core.anomaly.zoo.patchcore import PatchCore
from core.domain.recipes import LearnedMethod

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
    """

    title: str
    build: Build
    backbone: str | None = "residua_s"
    side: int = 224
    steps: int = 1
    batch: int = 4
    width: int | None = None
    needs_anomalib: bool = True


METHODS: MappingProxyType[LearnedMethod, MethodEntry] = MappingProxyType(
    {
        "patchcore": MethodEntry("PatchCore", PatchCore),
        "padim": MethodEntry("PaDiM", Padim),
    }
)


def build_method(spec: VadSpec, source: str | None = None, seed: int = 0) -> AnomalyMethod:
    """A method before it has learned.

    Args:
        spec: what to build.
        source: of the backbone's weights: a .safetensors file, "hub", or None for untrained ones.
        seed: of all that begins by chance.

    Raises:
        UserError: the backbone does not fit the method, its weights cannot be had, or anomalib is not installed.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return METHODS[spec.method].build(spec, source)
