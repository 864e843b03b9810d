"""Which networks the SynLCD tables need, and which cell each fills."""

from dataclasses import dataclass

from core.change.cadnet.decoder import Form
from core.services.training.lcd_networks import LcdRun
from core.synthesis.lcd import LcdKind

CONTENDERS: dict[str, Form] = {"CADNet": "intra_class", "SegFormer-style appearance": "appearance"}
"""By name, with the form that they have where the classes of training and test match."""
SHARES = (0.05, 0.10, 0.15)


@dataclass(frozen=True, slots=True)
class LcdCell:
    """One figure of the tables on unknown classes and on few labels.

    Attributes:
        table: "cross" or "labels".
        column: LL, AA, LA, AL (trained on, tested on), or the share of labelled lines.
        run: the network.
        tested: on pairs of this kind.
    """

    table: str
    contender: str
    column: str
    run: LcdRun
    tested: LcdKind


def full_run(form: Form) -> LcdRun:
    """Trained on everything, with classes."""
    return LcdRun(f"all-{form}", form, ("line", "points", "mixed", "clean"), classes=2)


def cells() -> list[LcdCell]:
    """All cells; a network that fills several is trained once."""
    return [cell for contender, form in CONTENDERS.items() for cell in _cells_of(contender, form)]


def _cells_of(contender: str, form: Form) -> list[LcdCell]:
    unknown: Form = "out_of_class" if form == "intra_class" else form
    lines_to_points = LcdCell("cross", contender, "LA", _on("line", unknown), "points")
    points_to_lines = LcdCell("cross", contender, "AL", _on("points", unknown), "line")
    return [
        LcdCell("cross", contender, "LL", _on("line", form), "line"),
        LcdCell("cross", contender, "AA", _on("points", form), "points"),
        lines_to_points,
        points_to_lines,
        LcdCell("labels", contender, "0 %", points_to_lines.run, "line"),
        *(
            LcdCell("labels", contender, f"{100 * share:.0f} %", _tuned(form, share), "line")
            for share in SHARES
        ),
    ]


def _on(kind: LcdKind, form: Form) -> LcdRun:
    return LcdRun(f"{kind}-{form}", form, (kind, "clean"))


def _tuned(form: Form, share: float) -> LcdRun:
    """Points first, then the labelled share of the lines."""
    name = f"line-{round(100 * share)}-{form}"
    return LcdRun(name, form, ("line",), share=share, start=_on("points", form))
