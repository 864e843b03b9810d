"""Tables of the discovery benchmarks, put between markers into a page that people write."""

import csv
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from core.services.benchmarking.blocks import put_block
from core.services.benchmarking.counting import CountingRow
from core.services.benchmarking.discovery_measuring import DiscoveryRow
from core.services.benchmarking.discovery_plot import draw_discovery

_FIGURES = ("nmi", "ari", "f1", "macro_f1", "f1_known", "f1_novel")


def write_discovery_block(rows: Sequence[DiscoveryRow], page: Path, *, command: str) -> None:
    """Put the tables between the page's markers `discovery`, a plot and every number as CSV beside it.

    Raises:
        UserError: the page has one marker only, or the plots' library is not installed.
    """
    page.parent.mkdir(parents=True, exist_ok=True)
    _write_csv(rows, page.with_suffix(".csv"))
    plot = page.with_name(f"{page.stem}-quality.png")
    draw_discovery(rows, plot)
    lines = [f"This block is the output of `{command}`.", "", f"![F1 by set and contender]({plot.name})"]
    for one in dict.fromkeys(row.benchmark_set.name for row in rows):
        own = [row for row in rows if row.benchmark_set.name == one]
        lines += [
            "",
            f"### {one}",
            "",
            f"{own[0].figures.images} images are judged; {own[0].benchmark_set.content}.",
        ]
        lines += ["", *_discovery_table(own)]
    put_block(page, "discovery", lines)


def write_counting_block(rows: Sequence[CountingRow], page: Path, *, command: str, sets: int) -> None:
    """Put the table of counting rules between the page's markers `counting`.

    Raises:
        UserError: the page has one marker only.
    """
    page.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"This block is the output of `{command}`: {sets} made-up sets a line.", ""]
    lines += ["| labels | rule | mean error | exact | bias | in the interval |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {row.regime} | {row.rule} | {row.mean_error:.2f} | {row.exact:.0%} | {row.bias:+.2f} | {row.inside:.0%} |"
        for row in rows
    ]
    put_block(page, "counting", lines)


def _discovery_table(rows: Sequence[DiscoveryRow]) -> list[str]:
    head = (
        "| contender | NMI | ARI | F1 | macro F1 | F1 known | F1 novel | classes | found | count error | s |"
    )
    lines = [head, "|---" * 11 + "|"]
    for row in rows:
        values = asdict(row.figures)
        shown = ["–" if values[name] is None else f"{values[name]:.3f}" for name in _FIGURES]
        count = [str(row.figures.classes), str(row.figures.estimated), f"{row.figures.class_error:.0%}"]
        lines.append("| " + " | ".join([row.contender.name, *shown, *count, f"{row.seconds:.1f}"]) + " |")
    return lines


def _write_csv(rows: Sequence[DiscoveryRow], out: Path) -> None:
    with out.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["set", "contender", "group", *asdict(rows[0].figures), "seconds"])
        for row in rows:
            place = (row.benchmark_set.name, row.contender.name, row.contender.group)
            writer.writerow([*place, *asdict(row.figures).values(), row.seconds])
