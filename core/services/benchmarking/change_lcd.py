"""CADNet's SynLCD tables: change against appearance against plain differences, where classes match and where not."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from core.change.cadnet.cost import Cost, measure_cost
from core.change.training.pairs import PairSet, open_pairs
from core.domain.arrays import BoolArray
from core.jobs import JobContext
from core.networks.device import pick_device, use_physical_cores
from core.services.benchmarking.change_contenders import panel_contenders
from core.services.benchmarking.change_lcd_runs import CONTENDERS, cells, full_run
from core.services.training.lcd import KINDS, LcdPlan, Panel, pairs_of, render_lcd
from core.services.training.lcd_networks import read_panel, train_lcd
from core.synthesis.lcd import LINE, POINTS, LcdKind

ReadPanel = Callable[[Panel, Panel], Panel]
"""(S, S, 3) test and reference to (S, S) classes; 0 is unchanged."""

COST_SIDE = 512
_CLASSES: dict[LcdKind, int] = {"line": LINE, "points": POINTS}


@dataclass(frozen=True, slots=True)
class LcdRow:
    """One contender in one column of one table.

    Attributes:
        table: "classes", "cross" or "labels".
        column: what is measured; see `LcdCell` for those of the two latter tables.
        iou, f: of all pixels of the test pairs together.
    """

    table: str
    contender: str
    column: str
    iou: float
    f: float


@dataclass(frozen=True, slots=True)
class LcdFigures:
    """All rows, and what the networks cost for a pair of COST_SIDE px."""

    rows: list[LcdRow]
    costs: dict[str, Cost]


def benchmark_lcd(plan: LcdPlan, out: Path, device_name: str, ctx: JobContext) -> LcdFigures:
    """Render, train every network, measure; goes on where a call with the same plan stopped.

    Args:
        plan: sizes and seeds.
        out: folder of pairs and checkpoints.
        device_name: "auto", "cpu" or "cuda".

    Raises:
        UserError: the folder holds work of another plan.
        JobCancelled: between steps or pairs; what was trained is kept.
    """
    use_physical_cores()
    device = pick_device(device_name)
    render_lcd(plan, out, ctx)
    source = open_pairs(out / "test")
    rows: list[LcdRow] = []
    costs: dict[str, Cost] = {}
    for contender, form in CONTENDERS.items():
        network = train_lcd(full_run(form), plan, out, device, ctx)
        costs[contender] = measure_cost(network, COST_SIDE)
        rows += _class_rows(contender, partial(read_panel, network), source, ctx)
    for cell in cells():
        network = train_lcd(cell.run, plan, out, device, ctx)
        counts = _count(partial(read_panel, network), source, cell.tested, ctx)
        rows.append(LcdRow(cell.table, cell.contender, cell.column, counts.iou, counts.f))
    return LcdFigures(rows + _plain_rows(source, ctx), costs)


def _class_rows(contender: str, read: ReadPanel, source: PairSet, ctx: JobContext) -> list[LcdRow]:
    """Every kind of pair together, classes told apart."""
    counts = {kind: _Counts() for kind in _CLASSES}
    for test, reference, truth in ctx.track(list(pairs_of(source, KINDS)), f"panels: {contender}"):
        found = read(test, reference)
        for kind, number in _CLASSES.items():
            counts[kind].add(found == number, truth == number)
    return _with_mean(
        contender, [LcdRow("classes", contender, kind, one.iou, one.f) for kind, one in counts.items()]
    )


def _plain_rows(source: PairSet, ctx: JobContext) -> list[LcdRow]:
    """What knows no classes is measured on the pairs that show one alone; it was trained on nothing."""
    rows = []
    for contender, read in panel_contenders().items():
        counts = {kind: _count(read, source, kind, ctx) for kind in _CLASSES}
        figures = {kind: (one.iou, one.f) for kind, one in counts.items()}
        rows += _with_mean(
            contender, [LcdRow("classes", contender, kind, *figures[kind]) for kind in figures]
        )
        columns: dict[str, LcdKind] = {"LL": "line", "AA": "points", "LA": "points", "AL": "line"}
        rows += [LcdRow("cross", contender, column, *figures[kind]) for column, kind in columns.items()]
        rows.append(LcdRow("labels", contender, "0 %", *figures["line"]))
    return rows


def _with_mean(contender: str, rows: list[LcdRow]) -> list[LcdRow]:
    iou, f = (float(np.mean([getattr(row, name) for row in rows])) for name in ("iou", "f"))
    return [*rows, LcdRow("classes", contender, "mean", iou, f)]


def _count(read: ReadPanel, source: PairSet, kind: LcdKind, ctx: JobContext) -> "_Counts":
    counts = _Counts()
    for test, reference, truth in _tracked(pairs_of(source, (kind,)), kind, ctx):
        counts.add(read(test, reference) > 0, truth > 0)
    return counts


def _tracked(
    pairs: Iterable[tuple[Panel, Panel, Panel]], kind: str, ctx: JobContext
) -> Iterable[tuple[Panel, Panel, Panel]]:
    return ctx.track(list(pairs), f"panels: {kind}")


@dataclass(slots=True)
class _Counts:
    """Pixels over all pairs."""

    true: int = 0
    false: int = 0
    missed: int = 0

    def add(self, found: BoolArray, truth: BoolArray) -> None:
        both = int(np.count_nonzero(found & truth))
        self.true += both
        self.false += int(np.count_nonzero(found)) - both
        self.missed += int(np.count_nonzero(truth)) - both

    @property
    def iou(self) -> float:
        return self.true / max(self.true + self.false + self.missed, 1)

    @property
    def f(self) -> float:
        return 2 * self.true / max(2 * self.true + self.false + self.missed, 1)
