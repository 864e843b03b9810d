"""A picture of the discovery benchmark."""

from collections.abc import Sequence
from pathlib import Path

from core.services.benchmarking.discovery_measuring import DiscoveryRow
from core.services.benchmarking.plots import COLOURS, new_figure


def draw_discovery(rows: Sequence[DiscoveryRow], path: Path) -> None:
    """Bars of F1, one panel a set, the best contender on top.

    Raises:
        UserError: matplotlib is not installed.
    """
    sets = list(dict.fromkeys(row.benchmark_set.name for row in rows))
    most = max(sum(row.benchmark_set.name == name for row in rows) for name in sets)
    figure = new_figure(3.2 * len(sets) + 1, 0.24 * most + 1.2)
    for index, name in enumerate(sets):
        own = sorted((row for row in rows if row.benchmark_set.name == name), key=lambda row: row.figures.f1)
        axes = figure.add_subplot(1, len(sets), index + 1)
        axes.barh(
            [row.contender.name for row in own],
            [row.figures.f1 for row in own],
            color=[COLOURS[row.contender.group] for row in own],
        )
        axes.set(title=name, xlabel="F1", xlim=(0, 1))
        axes.tick_params(labelsize=8)
    figure.savefig(path, dpi=110)
