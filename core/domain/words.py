"""The words that people read for the closed sets, on the screen and in reports alike."""

from core.domain.decisions import Verdict
from core.domain.detections import ModelVerdict

MODEL_WORDS = {ModelVerdict.OK: "OK", ModelVerdict.UNKNOWN: "Unknown", ModelVerdict.NG: "NG"}
VERDICT_WORDS = {
    Verdict.REAL: "Real",
    Verdict.NUISANCE: "Nuisance",
    Verdict.FALSE: "False",
    Verdict.NON_VISUAL: "Non-visual",
    Verdict.CANNOT_DETERMINE: "Cannot determine",
}
