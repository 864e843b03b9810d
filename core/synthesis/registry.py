"""Families and the defect kinds that can occur on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from core.synthesis.defects import KINDS
from core.synthesis.layouts import PATTERNS


@dataclass(frozen=True, slots=True)
class Family:
    """A layout family.

    Attributes:
        name: identifier.
        process: "beol", "dep" or "dpr".
        held_out: kept from training, for evaluation.
        kinds: names of the defect kinds that can occur on it.
        training_share: how often training draws it, where the usual family is drawn once.
    """

    name: str
    process: str
    held_out: bool
    kinds: tuple[str, ...]
    training_share: int


def _family(name: str) -> Family:
    pattern = PATTERNS[name]
    kinds = tuple(kind.name for kind in KINDS.values() if kind.fits(pattern.process, pattern.traits))
    return Family(name, pattern.process, pattern.held_out, kinds, pattern.training_share)


FAMILIES: Mapping[str, Family] = MappingProxyType({name: _family(name) for name in PATTERNS})


def training_families() -> tuple[str, ...]:
    """Names of the families that are not held out."""
    return tuple(name for name, family in FAMILIES.items() if not family.held_out)


def training_draws() -> tuple[str, ...]:
    """The same, each as often as its share of a training corpus wants."""
    return tuple(name for name in training_families() for _ in range(FAMILIES[name].training_share))


def training_kinds() -> tuple[str, ...]:
    """Names of the defect kinds that are not held out."""
    return tuple(name for name, kind in KINDS.items() if not kind.held_out)


def compatible_kinds(family: str, kinds: Sequence[str] | None) -> tuple[str, ...]:
    """Kinds of the family, restricted to the given ones if any."""
    own = FAMILIES[family].kinds
    return own if kinds is None else tuple(kind for kind in own if kind in set(kinds))


def require_compatible(family: str, kind: str | None) -> None:
    """Checks that names exist and belong together.

    Raises:
        ValueError: unknown family, or a kind that does not occur on it.
    """
    if family not in FAMILIES:
        raise ValueError(f"unknown layout family {family!r}")
    if kind is not None and kind not in FAMILIES[family].kinds:
        raise ValueError(f"defect kind {kind!r} does not occur on {family!r}")
