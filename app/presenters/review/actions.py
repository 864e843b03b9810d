"""The keys of the review screen, as one table."""

from collections.abc import Callable
from functools import partial

from app.actions import ActionSpec
from app.presenters.review.decisions import SLOTS
from app.presenters.review.presenter import ReviewPresenter
from app.views.review.reference_bar import FINE_STEP_PX, STEP_PX
from app.views.review.view import ReviewView
from core.domain.decisions import Verdict

OPACITY_STEP = 0.1
ARROWS = {"Left": (-1, 0), "Right": (1, 0), "Up": (0, -1), "Down": (0, 1)}
STEPS = {"": ("1 px", STEP_PX), "Shift+": ("¼ px", FINE_STEP_PX)}
Row = tuple[str, str, str, Callable[[], object]]  # id, text, keys, callback


def review_actions(presenter: ReviewPresenter, view: ReviewView) -> tuple[ActionSpec, ...]:
    """Every action of the screen; add them with the view as scope.

    None is ever disabled: without an image a key does nothing, and nobody has to refresh at each step.
    """
    tables = {
        "Decide": _deciding(presenter, view),
        "Move": _moving(presenter, view),
        "Look": _looking(presenter, view),
        "Reference": _referring(presenter),
    }
    return tuple(
        ActionSpec(f"review.{name}", text, keys, callback, section=section)
        for section, rows in tables.items()
        for name, text, keys, callback in rows
    )


def _deciding(presenter: ReviewPresenter, view: ReviewView) -> tuple[Row, ...]:
    deciding = presenter.deciding

    def verdict(given: Verdict) -> Callable[[], object]:
        return partial(deciding.give_verdict, given)

    return (
        ("accept", "Accept the model's word", "Space; A", deciding.accept),
        ("suggestion", "Real, the suggested class", "Return; Enter", deciding.accept_suggestion),
        ("real", "Real", "Y", verdict(Verdict.REAL)),
        ("nuisance", "Nuisance", "X", verdict(Verdict.NUISANCE)),
        ("false", "False", "F", verdict(Verdict.FALSE)),
        ("non_visual", "Non-visual", "V", verdict(Verdict.NON_VISUAL)),
        ("cannot_determine", "Cannot determine", "U", verdict(Verdict.CANNOT_DETERMINE)),
        ("killer", "Killer, no killer, unknown", "K", deciding.toggle_killer),
        *(
            (f"class_{slot}", f"Real, class with key {slot}", str(slot), partial(deciding.give_slot, slot))
            for slot in SLOTS
        ),
        ("find_class", "Find or add a class", "C", view.decision.classes.focus_search),
        ("note", "Note", "T", view.decision.focus_note),
        ("clear", "Clear the decision", "Ctrl+Backspace", deciding.clear),
        ("bulk", "Apply to the selection", "Ctrl+Return; Ctrl+Enter", deciding.apply_to_selection),
        ("auto_advance", "Go on after a decision", "Ctrl+Space", presenter.toggle_auto_advance),
    )


def _moving(presenter: ReviewPresenter, view: ReviewView) -> tuple[Row, ...]:
    return (
        ("next", "Next image", "Right", partial(presenter.step, 1)),
        ("previous", "Previous image", "Left", partial(presenter.step, -1)),
        ("next_undecided", "Next undecided image", "Down", partial(presenter.step_undecided, 1)),
        ("previous_undecided", "Previous undecided image", "Up", partial(presenter.step_undecided, -1)),
        ("find_name", "Find by name", "Ctrl+F", view.queue.focus_text),
    )


def _looking(presenter: ReviewPresenter, view: ReviewView) -> tuple[Row, ...]:
    return (
        ("heatmap", "Heatmap", "H", presenter.looking.toggle_heatmap),
        ("mask", "Mask outline", "M", presenter.looking.toggle_mask),
        ("blink", "The reference, without overlays, while held", "B", view.hold_blink),
        ("less_heatmap", "Less heatmap", "[", partial(presenter.looking.nudge_opacity, -OPACITY_STEP)),
        ("more_heatmap", "More heatmap", "]", partial(presenter.looking.nudge_opacity, OPACITY_STEP)),
        ("full_size", "Pixel for pixel while held", "W", view.hold_full_size),
        ("fit", "Fit", "Z", view.viewer.pictures.fit),
        ("residual", "A pane beside the image", "O", presenter.looking.toggle_residual),
        ("link", "Zoom both panes together", "L", presenter.looking.toggle_link),
        ("auto_levels", "Automatic gray window", "Ctrl+L", partial(presenter.looking.set_levels, None)),
    )


def _referring(presenter: ReviewPresenter) -> tuple[Row, ...]:
    return (
        ("reference", "Reference or residual beside the image", "R", presenter.looking.toggle_reference),
        (
            "difference",
            "Difference from the reference, or residual",
            "I",
            presenter.looking.toggle_difference,
        ),
        *(
            (
                f"move_{arrow.lower()}_{fine.strip('+').lower() or 'pixel'}",
                f"Reference {words} {arrow.lower()}",
                f"Alt+{fine}{arrow}",
                partial(presenter.nudging.move, dx * step, dy * step),
            )
            for fine, (words, step) in STEPS.items()
            for arrow, (dx, dy) in ARROWS.items()
        ),
        ("register", "Reference where it was registered", "Alt+Home", presenter.nudging.reset),
        ("compare", "Compare again", "Ctrl+R", presenter.nudging.compare_again),
    )
