"""The words and marks of the review screen, in one place."""

from core.domain.decisions import Killer
from core.domain.words import MODEL_WORDS, VERDICT_WORDS

__all__ = ["KILLER_WORDS", "MODEL_WORDS", "VERDICT_WORDS", "size_text"]

UM, MM = 1e3, 1e6  # in nanometres
KILLER_WORDS = {Killer.YES: "Killer: yes", Killer.NO: "Killer: no", Killer.UNKNOWN: "Killer: unknown"}


def size_text(nm: float) -> str:
    """A length as engineers write it, in the unit that keeps it between 1 and 1000.

    >>> size_text(48.2), size_text(1250), size_text(2.5e6)
    ('48.2 nm', '1.25 µm', '2.5 mm')
    """
    if nm >= MM:
        return f"{nm / MM:.3g} mm"
    return f"{nm / UM:.3g} µm" if nm >= UM else f"{nm:.3g} nm"
