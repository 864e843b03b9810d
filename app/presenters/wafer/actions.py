"""The keys of the wafer screen, and the one of the review that takes its filters away."""

from functools import partial

from app.actions import ActionSpec
from app.presenters.wafer.presenter import WaferPresenter
from app.views.wafer.view import WaferView

SHOW_ALL = "Show all: take every filter away"


def wafer_actions(presenter: WaferPresenter, view: WaferView) -> tuple[ActionSpec, ...]:
    """Every action of the screen but the one on the selected pictures; add them with the view as scope."""
    rows = (
        ("all", SHOW_ALL, "Esc", presenter.filters.show_all),
        ("next", "Next wafer, or the stack", "]", partial(presenter.filters.step_wafer, 1)),
        ("previous", "Previous wafer, or the stack", "[", partial(presenter.filters.step_wafer, -1)),
        ("others", "The classes that are not chosen", "I", presenter.filters.invert_classes),
        ("measure", "Pareto of defects, sample-weighted, of killers", "P", presenter.filters.step_measure),
        ("review", "Review the chosen image", "Return; Enter", presenter.review_chosen),
        ("fit", "Whole wafer", "Z", view.map.fit),
    )
    return tuple(
        ActionSpec(f"wafer.{name}", text, keys, callback, section="Wafer")
        for name, text, keys, callback in rows
    )
