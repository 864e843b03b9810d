"""The words that people read for the closed sets, on the screen and in reports alike."""

from core.domain.decisions import Verdict
from core.domain.detections import ModelVerdict
from core.domain.dispositions import DispositionWord

MODEL_WORDS = {ModelVerdict.OK: "OK", ModelVerdict.UNKNOWN: "Unknown", ModelVerdict.NG: "NG"}
VERDICT_WORDS = {
    Verdict.REAL: "Real",
    Verdict.NUISANCE: "Nuisance",
    Verdict.FALSE: "False",
    Verdict.NON_VISUAL: "Non-visual",
    Verdict.CANNOT_DETERMINE: "Cannot determine",
}
DISPOSITION_WORDS = {
    DispositionWord.RELEASE: "Release",
    DispositionWord.HOLD: "Hold",
    DispositionWord.REWORK: "Rework",
    DispositionWord.SCRAP: "Scrap",
    DispositionWord.ENGINEERING_REVIEW: "Engineering review",
    DispositionWord.RETEST: "Retest",
    DispositionWord.USE_AS_IS: "Use as is",
}
