"""Change detection side by side on pairs whose changes are known."""

import csv
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np

from core.domain.arrays import BoolArray
from core.jobs import JobContext
from core.services.benchmarking.blocks import put_block
from core.services.benchmarking.change_contenders import Contender
from core.services.benchmarking.change_sets import ChangeCase, ChangeSet

_LEAST_AREA_PX = 9


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One contender on one set.

    Attributes:
        pairs, places: how many were judged, and how many changed places they have.
        found: share of the places whose box the mask touches.
        false_regions: of the mask, of at least 9 px, that touch no box, per pair.
        clean_empty: share of unchanged pairs with an empty mask; None where every pair changed.
        cpu_ms_per_pair: registration to mask, all threads together: a busy machine does not change it.
    """

    set_name: str
    contender: str
    pairs: int
    places: int
    found: float
    false_regions: float
    clean_empty: float | None
    cpu_ms_per_pair: float


def benchmark_change(
    sets: Sequence[ChangeSet], contenders: Mapping[str, Contender], count: int, ctx: JobContext
) -> list[ChangeRow]:
    """Every contender on the same pairs.

    Raises:
        JobCancelled: between pairs.
    """
    rows = []
    for one in sets:
        cases = list(one.cases(count))
        for name, contender in contenders.items():
            rows.append(_measure(one.name, name, contender, cases, ctx))
    return rows


def _measure(
    set_name: str, name: str, contender: Contender, cases: Sequence[ChangeCase], ctx: JobContext
) -> ChangeRow:
    found = places = false = 0
    empty = []
    seconds = 0.0
    for case in ctx.track(cases, f"{set_name}: {name}"):
        start = time.process_time()
        mask = contender(case.test, case.reference)
        seconds += time.process_time() - start
        hits, others = _judge(mask, case)
        found, places, false = found + hits, places + len(case.boxes), false + others
        if not case.boxes:
            empty.append(not mask.any())
    return ChangeRow(
        set_name=set_name,
        contender=name,
        pairs=len(cases),
        places=places,
        found=found / max(places, 1),
        false_regions=false / max(len(cases), 1),
        clean_empty=float(np.mean(empty)) if empty else None,
        cpu_ms_per_pair=1000 * seconds / max(len(cases), 1),
    )


def _judge(mask: BoolArray, case: ChangeCase) -> tuple[int, int]:
    """Boxes that the mask touches, and regions of it that touch none."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    touching = [
        set(np.unique(labels[max(y1, 0) : y2, max(x1, 0) : x2])) - {0} for x1, y1, x2, y2 in case.boxes
    ]
    true = set().union(*touching)
    large = [index for index in range(1, count) if stats[index, cv2.CC_STAT_AREA] >= _LEAST_AREA_PX]
    return sum(map(bool, touching)), sum(index not in true for index in large)


def write_change_block(
    rows: Sequence[ChangeRow], page: Path, sets: Sequence[ChangeSet], *, command: str
) -> None:
    """Put the table between the page's markers `change`, and every number as CSV beside it.

    Raises:
        UserError: the page has one marker only.
    """
    page.parent.mkdir(parents=True, exist_ok=True)
    with page.with_suffix(".csv").open("w", newline="", encoding="utf-8") as stream:
        table = csv.DictWriter(stream, list(asdict(rows[0])))
        table.writeheader()
        table.writerows(asdict(row) for row in rows)
    lines = [f"This block is the output of `{command}`.", ""]
    lines += [
        "| set | contender | pairs | places | found | false regions / pair | clean empty | CPU ms / pair |"
    ]
    lines += ["|---" * 8 + "|"]
    for row in rows:
        clean = "–" if row.clean_empty is None else f"{row.clean_empty:.3f}"
        lines.append(
            f"| {row.set_name} | {row.contender} | {row.pairs} | {row.places} | {row.found:.3f} "
            f"| {row.false_regions:.2f} | {clean} | {row.cpu_ms_per_pair:.0f} |"
        )
    lines += ["", *(f"- {one.name}: {one.content}" for one in sets)]
    put_block(page, "change", lines)
