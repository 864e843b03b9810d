"""The SynLCD tables, in the page and as CSV."""

import csv
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from core.services.benchmarking.blocks import put_block
from core.services.benchmarking.change_lcd import COST_SIDE, LcdFigures, LcdRow
from core.services.training.lcd import UNSEEN_PATTERNS, LcdPlan


def write_lcd_block(figures: LcdFigures, plan: LcdPlan, page: Path, *, command: str) -> None:
    """Put the tables between the page's markers `synlcd`, and every number as CSV beside it.

    Raises:
        UserError: the page has one marker only.
    """
    page.parent.mkdir(parents=True, exist_ok=True)
    with page.with_name(f"{page.stem}-synlcd.csv").open("w", newline="", encoding="utf-8") as stream:
        table = csv.DictWriter(stream, list(asdict(figures.rows[0])))
        table.writeheader()
        table.writerows(asdict(row) for row in figures.rows)
    put_block(page, "synlcd", [*_words(plan, command), *_classes(figures), *_crossed(figures.rows)])


def _words(plan: LcdPlan, command: str) -> list[str]:
    return [
        f"This block is the output of `{command}`: panels of {plan.side} px, {plan.train_pairs} to train on, "
        f"{plan.test_pairs} of the unseen patterns {', '.join(UNSEEN_PATTERNS)} to test on; {plan.steps} steps of "
        f"{plan.batch} crops of {min(plan.crop, plan.side)} px a network, {plan.tuning_steps} more "
        "for a share of labels. The differences are trained on nothing and know no classes: they are measured on the "
        "pairs of one kind.",
        "",
    ]


def _classes(figures: LcdFigures) -> list[str]:
    lines = [
        f"| classes known | parameters, M | multiply-adds at {COST_SIDE} px, G | IoU line | IoU abpt | mIoU | F |",
        "|---" * 7 + "|",
    ]
    for contender, by_column in _by_contender(figures.rows, "classes").items():
        cost = figures.costs.get(contender)
        size = "– | –" if cost is None else f"{cost.parameters / 1e6:.2f} | {cost.multiply_adds / 1e9:.2f}"
        ious = " | ".join(f"{by_column[name].iou:.3f}" for name in ("line", "points", "mean"))
        lines.append(f"| {contender} | {size} | {ious} | {by_column['mean'].f:.3f} |")
    return [*lines, ""]


def _crossed(rows: Sequence[LcdRow]) -> list[str]:
    return [
        *_iou_and_f(rows, "cross", "trained on, tested on: IoU (F)"),
        "L lines, A abnormal points; CADNet's decoder is in its out-of-class form for LA and AL.",
        "",
        *_iou_and_f(rows, "labels", "trained on points, labelled lines: IoU (F) on lines"),
    ]


def _iou_and_f(rows: Sequence[LcdRow], table: str, title: str) -> list[str]:
    by_contender = _by_contender(rows, table)
    columns = list(dict.fromkeys(row.column for row in rows if row.table == table))
    lines = [f"| {title} | {' | '.join(columns)} |", "|---" * (1 + len(columns)) + "|"]
    for contender, cells in by_contender.items():
        texts = [f"{cells[name].iou:.3f} ({cells[name].f:.3f})" if name in cells else "–" for name in columns]
        lines.append(f"| {contender} | {' | '.join(texts)} |")
    return [*lines, ""]


def _by_contender(rows: Sequence[LcdRow], table: str) -> dict[str, dict[str, LcdRow]]:
    grouped: dict[str, dict[str, LcdRow]] = {}
    for row in rows:
        if row.table == table:
            grouped.setdefault(row.contender, {})[row.column] = row
    return grouped
