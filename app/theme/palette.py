"""Colour tokens. Widgets and delegates name a role, never a colour."""

from dataclasses import dataclass, replace

from core.domain.decisions import Verdict
from core.domain.detections import ModelVerdict


@dataclass(frozen=True, slots=True)
class Palette:
    """Every colour of the application, as "#rrggbb", by role.

    Attributes:
        canvas: behind an image; the darkest, so that grey levels keep their meaning.
        background: window; surface: panels and tables; raised: buttons, hover, menus.
        text, muted, disabled: three strengths of writing; the first two pass WCAG AA on `raised`.
        accent: the one colour that means "here": focus, selection, progress. on_accent is written on it.
        ok, unknown, ng, failed: the model's word, and a file that could not be measured.
        real, nuisance, false_alarm, non_visual, cannot_determine: the engineer's word.
    """

    name: str
    canvas: str
    background: str
    surface: str
    raised: str
    border: str
    text: str
    muted: str
    disabled: str
    accent: str
    on_accent: str
    selection: str
    ok: str
    unknown: str
    ng: str
    failed: str
    real: str
    nuisance: str
    false_alarm: str
    non_visual: str
    cannot_determine: str

    def of_model_verdict(self, verdict: ModelVerdict | None) -> str:
        """Colour of the model's word; None is an image that failed."""
        if verdict is None:
            return self.failed
        return {ModelVerdict.OK: self.ok, ModelVerdict.UNKNOWN: self.unknown, ModelVerdict.NG: self.ng}[
            verdict
        ]

    def of_verdict(self, verdict: Verdict | None) -> str:
        """Colour of the engineer's word; None is undecided."""
        if verdict is None:
            return self.muted
        return {
            Verdict.REAL: self.real,
            Verdict.NUISANCE: self.nuisance,
            Verdict.FALSE: self.false_alarm,
            Verdict.NON_VISUAL: self.non_visual,
            Verdict.CANNOT_DETERMINE: self.cannot_determine,
        }[verdict]


DARK = Palette(
    name="dark",
    canvas="#0b0c0d",
    background="#131416",
    surface="#1a1c1f",
    raised="#25282c",
    border="#34383e",
    text="#d9dbde",
    muted="#9ba1a9",
    disabled="#5f656d",
    accent="#6fa8dc",
    on_accent="#0b1218",
    selection="#27394b",
    ok="#79b68a",
    unknown="#d8b35e",
    ng="#e5796b",
    failed="#b792c9",
    real="#e5796b",
    nuisance="#d8b35e",
    false_alarm="#79b68a",
    non_visual="#6fb7bd",
    cannot_determine="#b792c9",
)

HIGH_CONTRAST = replace(
    DARK,
    name="high_contrast",
    canvas="#000000",
    background="#000000",
    surface="#0a0a0a",
    raised="#1c1c1c",
    border="#8a8a8a",
    text="#ffffff",
    muted="#d0d0d0",
    disabled="#8a8a8a",
    accent="#7cc4ff",
    selection="#0b4a78",
)

PALETTES = {palette.name: palette for palette in (DARK, HIGH_CONTRAST)}
