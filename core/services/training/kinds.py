"""Which generated defects the embedding may learn from, and which it is measured on."""

from core.synthesis import KINDS, training_kinds

TWINS = {"gate_bridge": "bridge", "hole_closed": "via_missing", "hole_partial": "via_partial"}
"""Kinds that look like another one because the same hand draws them: they bear one label, and lie on one side."""

NOVEL = (
    "open",
    "mouse_bite",
    "extra_metal",
    "via_partial",
    "buried_particle",
    "blister",
    "missing_fin",
    "cut_missing",
    "odd_tone",
    "crack",
    "wiggling",
)
"""Of the kinds that no training sees at all, these are kept from the embedding too, so that half are novel to it."""


def label_of(kind: str) -> str:
    """What a kind is called when only its looks count."""
    return TWINS.get(kind, kind)


def known_kinds() -> tuple[str, ...]:
    """Kinds that the embedding learns from: about half of all looks, every process among them."""
    return tuple(kind for kind in training_kinds() if label_of(kind) not in NOVEL)


def novel_kinds() -> tuple[str, ...]:
    """The other kinds, which it never sees."""
    known = set(known_kinds())
    return tuple(kind for kind in KINDS if kind not in known)


def labels_of_known() -> tuple[str, ...]:
    """The looks that the embedding learns to tell apart."""
    return tuple(dict.fromkeys(label_of(kind) for kind in known_kinds()))
