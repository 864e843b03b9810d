"""The filters in force as chips."""

from app.presenters.wafer.state import Part, WaferState
from app.presenters.wafer.text import wafer_names
from app.presenters.wafer.zones import ZONE_WORDS
from app.views.filter_chips import FilterChip

_NAMED_CLASSES = 2


def chips_of(state: WaferState) -> tuple[FilterChip, ...]:
    """One a filter, in a fixed order."""
    return tuple(FilterChip(part.value, *_words(state, part)) for part in state.parts)


def _words(state: WaferState, part: Part) -> tuple[str, str]:
    match part:
        case Part.WAFER:
            return _wafer(state), "Only the defects of this wafer"
        case Part.ZONE:
            return dict(ZONE_WORDS)[state.zone], "Only the defects in this zone of the wafer"
        case Part.CLASSES:
            names = class_names(state)
            return _shortened(names), f"Only these classes: {', '.join(names)}"
        case Part.PICKED:
            count = 0 if state.picked is None else len(state.picked)
            return f"{count:,} picked", "Only the defects that were picked by lasso, click or picture"
        case Part.QUEUE:
            text = "" if state.queue is None else state.queue.text
            return f"Queue: {text}", "Only the images that the queue's own filter lists"


def class_names(state: WaferState) -> tuple[str, ...]:
    """The chosen classes as they are written."""
    known = () if state.lot_map is None else state.lot_map.classes
    return tuple(one.name for one in known if one.name.casefold() in state.classes)


def _wafer(state: WaferState) -> str:
    lot_map = state.lot_map
    return (
        "" if lot_map is None or state.wafer is None else wafer_names(state)[lot_map.keys.index(state.wafer)]
    )


def _shortened(names: tuple[str, ...]) -> str:
    more = len(names) - _NAMED_CLASSES
    words = ", ".join(names[:_NAMED_CLASSES])
    return f"{words} and {more:,} more" if more > 0 else words
