"""Tables and plots of a benchmark."""

import csv
import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from core.domain.errors import UserError
from core.services.benchmarking.measuring import BenchmarkRow
from core.services.benchmarking.plots import draw_plots


def write_page(rows: Sequence[BenchmarkRow], page: Path, *, command: str, count: int) -> None:
    """Write the page, its plots beside it, and every number as CSV.

    Args:
        rows: what was measured, ours first in each set.
        page: Markdown file.
        command: what was run, for the page's first sentence.
        count: images a set.

    Raises:
        UserError: the plots' library is not installed.
    """
    page.parent.mkdir(parents=True, exist_ok=True)
    _write_csv(rows, page.with_suffix(".csv"))
    plots = draw_plots(rows, page.parent) if any(row.contender.group != "ours" for row in rows) else ()
    page.write_text(_render(rows, plots, command, count), encoding="utf-8")


def write_figures(rows: Sequence[BenchmarkRow], card: Path) -> None:
    """Put what the shipped recipe reached into the card beside the weights; the file's own header stays as it is.

    Raises:
        UserError: the card cannot be read.
    """
    try:
        content = json.loads(card.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(
            f"The card {card} cannot be read.", "Give the JSON file beside the weights."
        ) from error
    content["figures"] = {
        row.benchmark_set.name: {
            name: None if value is None else round(value, 4) for name, value in asdict(row.figures).items()
        }
        for row in rows
        if row.contender.group == "ours"
    }
    card.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _write_csv(rows: Sequence[BenchmarkRow], out: Path) -> None:
    with out.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        names = [*asdict(rows[0].figures), "ms_per_image", "start_up_s", "peak_mib"]
        writer.writerow(["set", "contender", "group", *names])
        for row in rows:
            timing = (row.ms_per_image, row.start_up_s, row.peak_mib)
            place = (row.benchmark_set.name, row.contender.name, row.contender.group)
            writer.writerow([*place, *asdict(row.figures).values(), *timing])


def _render(rows: Sequence[BenchmarkRow], plots: Sequence[Path], command: str, count: int) -> str:
    template = files("resources").joinpath("benchmark/detection.md.j2").read_text(encoding="utf-8")
    page = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)
    own = [row for row in rows if row.contender.group == "ours"]
    return page.from_string(template).render(
        own=own,
        rivals=_by_set([row for row in rows if row.benchmark_set.held_out]) if len(own) < len(rows) else {},
        plots=[plot.name for plot in plots],
        command=command,
        count=count,
        cores=os.cpu_count(),
        machine=platform.machine(),
        system=platform.system(),
    )


def _by_set(rows: Sequence[BenchmarkRow]) -> dict[str, list[BenchmarkRow]]:
    names = dict.fromkeys(row.benchmark_set.name for row in rows)
    return {name: [row for row in rows if row.benchmark_set.name == name] for name in names}
