"""Which signal of the view is which wish of the presenter."""

from dataclasses import replace

from app.presenters.review.order import QueueFilter, QueueSort
from app.presenters.review.presenter import ReviewPresenter
from app.views.review.view import ReviewView


def connect_view(presenter: ReviewPresenter, view: ReviewView) -> None:
    """Connect all of the view's wishes."""
    _connect_queue(presenter, view)
    _connect_viewer(presenter, view)
    _connect_decision(presenter, view)


def _connect_queue(presenter: ReviewPresenter, view: ReviewView) -> None:
    queue = view.queue
    queue.row_chosen.connect(presenter.choose_row)
    queue.rows_selected.connect(presenter.select_rows)
    queue.filter_chosen.connect(
        lambda name: presenter.query(replace(presenter.state.query, filter=QueueFilter(name)))
    )
    queue.sort_chosen.connect(
        lambda name: presenter.query(replace(presenter.state.query, sort=QueueSort(name)))
    )
    queue.text_edited.connect(lambda text: presenter.query(replace(presenter.state.query, text=text)))


def _connect_viewer(presenter: ReviewPresenter, view: ReviewView) -> None:
    viewer, bar = view.viewer, view.viewer.overlays
    viewer.detect_requested.connect(presenter.request_detection)
    bar.heatmap_toggled.connect(presenter.looking.toggle_heatmap)
    bar.mask_toggled.connect(presenter.looking.toggle_mask)
    bar.residual_toggled.connect(presenter.looking.toggle_residual)
    viewer.reference.reference_toggled.connect(presenter.looking.toggle_reference)
    viewer.reference.difference_toggled.connect(presenter.looking.toggle_difference)
    viewer.reference.move_requested.connect(presenter.nudging.move)
    viewer.reference.reset_requested.connect(presenter.nudging.reset)
    viewer.reference.compare_requested.connect(presenter.nudging.compare_again)
    bar.link_toggled.connect(presenter.looking.toggle_link)
    bar.opacity_edited.connect(presenter.looking.set_opacity)
    bar.fit_requested.connect(viewer.pictures.fit)
    view.blink_held.connect(presenter.looking.hold_blink)


def _connect_decision(presenter: ReviewPresenter, view: ReviewView) -> None:
    panel, deciding = view.decision, presenter.deciding
    panel.verdicts.accept_requested.connect(deciding.accept)
    panel.suggestion.clicked.connect(lambda _checked: deciding.accept_suggestion())
    panel.verdicts.verdict_chosen.connect(deciding.give_verdict)
    panel.verdicts.killer_requested.connect(deciding.toggle_killer)
    panel.classes.class_chosen.connect(deciding.give_class)
    panel.classes.class_named.connect(deciding.make_class)
    panel.note_committed.connect(deciding.write_note)
    panel.bulk_requested.connect(deciding.apply_to_selection)
    panel.auto_advance_toggled.connect(presenter.set_auto_advance)
    panel.regions.region_chosen.connect(presenter.pick_region)
    panel.regions.region_requested.connect(lambda row: presenter.pick_region(row, center=True))
