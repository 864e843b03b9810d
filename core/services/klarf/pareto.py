"""The Pareto of wafers, from one query."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.domain.ids import LotId
from core.domain.pareto import ClassCount, WaferPart
from core.domain.wafer_states import StateCount
from core.services.klarf.class_lines import ClassLines
from core.services.workspace import Workspace

FileClasses = Mapping[LotId, Mapping[int, str]]


def count_classes(
    workspace: Workspace, parts: Sequence[WaferPart], picked: NDArray[np.int64] | None = None
) -> tuple[ClassCount, ...]:
    """Defects by class and wafer, under the names of the wafer map.

    Args:
        workspace: holds the lots.
        parts: wafers, or rings of them; of a lot without wafers its images are counted.
        picked: (P, 2) int64 lot and number of the only defects that are meant; None means all.
    """
    history = workspace.history
    lines = ClassLines(history.list_classes(include_retired=True))
    lot_ids = {part.wafer[0] for part in parts}
    named = history.defect_states.class_names(lot_ids)
    found = list(history.defect_states.count(parts, picked)) if named else []
    for lot_id in lot_ids - named.keys():
        ids = None if picked is None else picked[picked[:, 0] == lot_id, 1].tolist()
        found += history.image_states.count(lot_id, ids)
    return tuple(_class_count(one, lines, named) for one in found)


def _class_count(one: StateCount, lines: ClassLines, named: FileClasses) -> ClassCount:
    line = lines.of_decision(one.class_id, one.verdict)
    if line is None:
        line = lines.of_file(named.get(one.wafer[0], {}), one.class_number)
    known = lines.classes[line]
    killers = one.defects if lines.is_killer(line, one.killer) else 0
    return ClassCount(one.wafer, known.name, known.is_classified, one.defects, killers)
