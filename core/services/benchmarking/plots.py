"""Two pictures of a benchmark: how good the contenders are, and what they cost."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.domain.errors import UserError
from core.services.benchmarking.measuring import BenchmarkRow

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = {"ours": "#d1495b", "ablation": "#8d96a3", "peer": "#2e6f95"}


def draw_plots(rows: Sequence[BenchmarkRow], folder: Path) -> tuple[Path, ...]:
    """Write benchmark-quality.png and benchmark-cost.png.

    Raises:
        UserError: matplotlib is not installed.
    """
    compared = [row for row in rows if row.benchmark_set.held_out]
    pictures = {"benchmark-quality.png": _quality(compared), "benchmark-cost.png": _cost(compared)}
    for name, figure in pictures.items():
        figure.savefig(folder / name, dpi=110)
    return tuple(folder / name for name in pictures)


def _quality(rows: Sequence[BenchmarkRow]) -> "Figure":
    """Bars of pixel average precision, one panel a set, the best contender on top."""
    sets = list(dict.fromkeys(row.benchmark_set.name for row in rows))
    most = max(sum(row.benchmark_set.name == name for row in rows) for name in sets)
    figure = new_figure(3.6 * len(sets) + 1, 0.24 * most + 1.2)
    for index, name in enumerate(sets):
        axes = figure.add_subplot(1, len(sets), index + 1)
        own = sorted(
            (row for row in rows if row.benchmark_set.name == name), key=lambda row: row.figures.p_ap or 0
        )
        axes.barh(
            [row.contender.name for row in own],
            [row.figures.p_ap or 0 for row in own],
            color=[COLOURS[row.contender.group] for row in own],
        )
        axes.set(title=name, xlabel="pixel average precision", xlim=(0, 1))
        axes.tick_params(labelsize=8)
    return figure


def _cost(rows: Sequence[BenchmarkRow]) -> "Figure":
    """Mean image AUROC over the sets against the time an image takes."""
    figure = new_figure(7, 4.6)
    axes: Axes = figure.add_subplot()
    for name in dict.fromkeys(row.contender.name for row in rows):
        own = [row for row in rows if row.contender.name == name]
        time = sum(row.ms_per_image for row in own) / len(own)
        quality = sum(row.figures.i_auroc or 0 for row in own) / len(own)
        axes.scatter(time, quality, color=COLOURS[own[0].contender.group], s=26)
        axes.annotate(name, (time, quality), xytext=(4, 3), textcoords="offset points", fontsize=7)
    axes.set(xlabel="ms per image", ylabel="image AUROC, mean of the sets")
    axes.grid(alpha=0.25)
    return figure


def new_figure(width: float, height: float) -> "Figure":
    """An empty figure of so many inches, drawn without a display.

    Raises:
        UserError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise UserError(
            "The benchmark's plots need matplotlib, which is not installed.", "Run: pip install residua[dev]."
        ) from error
    return Figure(figsize=(width, height), layout="constrained")
