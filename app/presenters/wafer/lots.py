"""Which lots could be laid on the one that is reviewed."""

from app.presenters.wafer.state import WaferState
from app.views.wafer.side_panel import LotLine
from core.domain.wafer_grid import have_same_grid
from core.domain.wafer_states import WaferLot

MOST_OFFERED = 30
OTHER_DIES, NO_WAFER = "  (other dies)", "  (no wafer)"


def lot_lines(state: WaferState) -> tuple[LotLine, ...]:
    """The other lots whose wafers are known, the last opened first."""
    if state.lot_map is None or not state.lot_map.has_wafers:
        return ()
    others = [one for one in state.known_lots if one.id != state.lot_id][:MOST_OFFERED]
    return tuple(LotLine(one.id, one.name, one.id in state.others, _reason(state, one)) for one in others)


def lots_summary(state: WaferState) -> str:
    """What lies on the map."""
    count = len(state.others)
    return "This lot" if not count else f"This lot and {count} other{'' if count == 1 else 's'}"


def _reason(state: WaferState, other: WaferLot) -> str:
    if other.plan is None or state.lot_map is None:
        return NO_WAFER
    return "" if have_same_grid(state.lot_map.plans[0], other.plan) else OTHER_DIES
