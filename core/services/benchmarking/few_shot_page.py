"""The few-shot benchmark's tables and picture, put between markers into a page that people write."""

import csv
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from core.services.benchmarking.blocks import put_block
from core.services.benchmarking.few_shot_figures import FewShotRow
from core.services.benchmarking.few_shot_heads import HeadRow
from core.services.benchmarking.few_shot_samples import FewShotSet
from core.services.benchmarking.plots import new_figure

_PAPER = {
    1: (0.980, 0.967, 0.696, None),
    2: (0.988, 0.968, 0.744, None),
    5: (0.997, 0.978, 0.786, None),
    10: (0.998, 0.986, 0.838, 0.837),
}
"""SEM-CLIP's own figures, on data that is not public: image and pixel AUROC, F1max, accuracy."""
_CLASSES = ("accuracy", "precision", "recall", "f1")


def write_few_shot_block(
    rows: Sequence[FewShotRow],
    heads: Sequence[HeadRow],
    sets: Sequence[FewShotSet],
    page: Path,
    *,
    command: str,
) -> None:
    """Put the tables between the page's markers `fewshot`, a plot and every number as CSV beside it.

    Raises:
        UserError: the page has one marker only, or the plots' library is not installed.
    """
    page.parent.mkdir(parents=True, exist_ok=True)
    _write_csv(rows, page.with_suffix(".csv"))
    plot = page.with_name(f"{page.stem}-quality.png")
    _draw(rows, plot)
    lines = [f"This block is the output of `{command}`.", "", f"![Figures by number of shots]({plot.name})"]
    for one in sets:
        own = [row for row in rows if row.set_name == one.name]
        lines += ["", f"### {one.name}", "", f"{one.content}. Classes: {', '.join(one.classes)}.", ""]
        lines += [*_table(own), *_head_table([row for row in heads if row.set_name == one.name])]
    lines += ["", *_paper_table()]
    put_block(page, "fewshot", lines)


def _table(rows: Sequence[FewShotRow]) -> list[str]:
    lines = [
        f"Measured on {rows[0].images} unseen images.",
        "",
        "| contender | shots | iAUROC | pAUROC | F1max | accuracy | precision | recall | F1 | training s | ms |",
        "|---" * 11 + "|",
    ]
    for row in rows:
        figures = [f"{value:.3f}" for value in (row.i_auroc, row.p_auroc, row.f1max)]
        values = asdict(row)
        classes = ["–" if values[name] is None else f"{values[name]:.3f}" for name in _CLASSES]
        cost = [f"{row.train_s:.0f}" if row.shots else "–", f"{row.ms_per_image:.0f}"]
        cells = [row.contender, str(row.shots or "–"), *figures, *classes, *cost]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _head_table(rows: Sequence[HeadRow]) -> list[str]:
    if not rows:
        return []
    lines = [
        "",
        f"Other heads on the same vectors, {rows[0].shots} shots:",
        "",
        "| head | accuracy |",
        "|---|---|",
    ]
    return lines + [f"| {row.head} | {row.accuracy:.3f} |" for row in rows]


def _paper_table() -> list[str]:
    lines = ["SEM-CLIP's own figures, with pretrained CLIP, on 1,332 images that are not public:", ""]
    lines += ["| shots | iAUROC | pAUROC | F1max | accuracy |", "|---|---|---|---|---|"]
    for shots, figures in _PAPER.items():
        lines.append(
            f"| {shots} | " + " | ".join("–" if value is None else f"{value:.3f}" for value in figures) + " |"
        )
    return lines


def _draw(rows: Sequence[FewShotRow], path: Path) -> None:
    """One panel a set: each figure against the number of shots."""
    sets = list(dict.fromkeys(row.set_name for row in rows))
    figure = new_figure(4.4 * len(sets), 3.6)
    for index, name in enumerate(sets):
        axes = figure.add_subplot(1, len(sets), index + 1)
        own = [row for row in rows if row.set_name == name]
        last = own[-1].contender
        curve = [row for row in own if row.contender == last]
        places = range(len(curve))
        for label, values in (
            ("image AUROC", [row.i_auroc for row in curve]),
            ("pixel AUROC", [row.p_auroc for row in curve]),
            ("pixel F1max", [row.f1max for row in curve]),
            ("accuracy", [row.accuracy or 0 for row in curve]),
        ):
            axes.plot(places, values, marker="o", label=label)
        axes.set(title=f"{name}: {last}", xlabel="shots a class", ylim=(0, 1.02))
        axes.set_xticks(places, [str(row.shots) for row in curve])
        axes.grid(alpha=0.25)
        axes.legend(fontsize=7)
    figure.savefig(path, dpi=110)


def _write_csv(rows: Sequence[FewShotRow], out: Path) -> None:
    with out.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(asdict(rows[0])))
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)
