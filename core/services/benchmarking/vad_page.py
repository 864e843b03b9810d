"""The table of a benchmark of methods, in the form of the paper's."""

import csv
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from core.anomaly.registry import METHODS
from core.services.benchmarking.blocks import put_block
from core.services.benchmarking.vad import VadRow
from core.services.benchmarking.vad_paper import PAPER, PaperFigures
from core.services.benchmarking.vad_set import VadSet

_LEGEND = (
    "Ours in percent; in italics the paper's, which are of MIIC, of ImageNet features and of far more images."
)
_HEAD = "| method | i-ROC | i-F1 | i-PR | p-ROC | p-F1 | p-PR | PRO | false NG | found | train s | ms / image | MiB |"


def write_vad_block(rows: Sequence[VadRow], page: Path, sets: Sequence[VadSet], *, command: str) -> None:
    """Put the tables between the page's markers `vad`, and every number as CSV beside it.

    Raises:
        UserError: the page has one marker only.
    """
    page.parent.mkdir(parents=True, exist_ok=True)
    with page.with_suffix(".csv").open("w", newline="", encoding="utf-8") as stream:
        table = csv.DictWriter(stream, list(asdict(rows[0])))
        table.writeheader()
        table.writerows(asdict(row) for row in rows)
    lines = [f"This block is the output of `{command}`. {_LEGEND}"]
    for one in sets:
        lines += _table(one, [row for row in rows if row.set_name == one.name])
    put_block(page, "vad", lines)


def _table(one: VadSet, rows: Sequence[VadRow]) -> list[str]:
    """One set's."""
    learned = ", ".join(sorted({str(row.learned) for row in rows}))
    features = "; ".join(sorted({row.features for row in rows} - {""})) or "of the methods' own"
    head = f"{one.content}. Learned from {learned} images, tested on {len(one.cases)}. Features: {features}."
    return ["", f"### {one.name}", "", head, "", _HEAD, "|---" * 13 + "|", *(_line(row) for row in rows)]


def _line(row: VadRow) -> str:
    """Ours in percent, the paper's beside it in italics where it has any."""
    shares = (row.i_auroc, row.i_f1, row.i_ap, row.p_auroc, row.p_f1, row.p_ap, row.pro)
    paper = PAPER.get(row.method, PaperFigures())
    cells = [_percent(ours) + _beside(theirs) for ours, theirs in zip(shares, paper, strict=True)]
    cells += [_percent(row.false_ng), _percent(row.found), f"{row.train_s:.0f}", f"{row.ms_per_image:.0f}"]
    memory = "–" if row.peak_mib is None else f"{row.peak_mib:.0f}"
    return f"| {METHODS[row.method].title} | {' | '.join([*cells, memory])} |"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f}"


def _beside(percent: float | None) -> str:
    return "" if percent is None else f" *{percent:.1f}*"
