"""The words and marks of the review screen, in one place."""

from core.domain.decisions import Killer, Verdict
from core.domain.detections import ModelVerdict

MODEL_WORDS = {ModelVerdict.OK: "OK", ModelVerdict.UNKNOWN: "Unknown", ModelVerdict.NG: "NG"}
VERDICT_WORDS = {
    Verdict.REAL: "Real",
    Verdict.NUISANCE: "Nuisance",
    Verdict.FALSE: "False",
    Verdict.NON_VISUAL: "Non-visual",
    Verdict.CANNOT_DETERMINE: "Cannot determine",
}
KILLER_WORDS = {Killer.YES: "Killer", Killer.NO: "No killer", Killer.UNKNOWN: "Killer unknown"}


def size_text(nm: float) -> str:
    """A length as engineers write it: nm below a micrometre, µm above.

    >>> size_text(48.2), size_text(1250)
    ('48.2 nm', '1.25 µm')
    """
    return f"{nm / 1000:.3g} µm" if nm >= 1000 else f"{nm:.3g} nm"
