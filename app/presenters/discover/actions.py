"""The keys of the discover screen and of the class manager, as tables."""

from app.actions import ActionSpec
from app.presenters.classes.presenter import ClassesPresenter
from app.presenters.discover.presenter import DiscoverPresenter
from app.views.discover.view import DiscoverView


def discover_actions(presenter: DiscoverPresenter, view: DiscoverView) -> tuple[ActionSpec, ...]:
    """Every action of the discover screen; add them with the view as scope."""
    work = presenter.work
    rows = (
        ("name", "Name the group", "N", work.name),
        ("merge", "Merge the chosen groups", "M", work.merge),
        ("split", "Split the group", "P", work.split),
        ("dismiss", "Dismiss the group or take it back", "Del", work.dismiss),
        ("alike", "More like this", "S", presenter.show_alike),
        ("new_group", "New group of the selected crops", "G", lambda: presenter.move_selected(0)),
        ("layout", "PCA or t-SNE", "T", presenter.toggle_layout),
        ("fit", "Fit the map", "Z", view.map.fit),
    )
    return tuple(
        ActionSpec(f"discover.{name}", text, keys, callback, section="Discover")
        for name, text, keys, callback in rows
    )


def class_actions(presenter: ClassesPresenter) -> tuple[ActionSpec, ...]:
    """Every action of the class manager; add them with the view as scope."""
    work = presenter.work
    rows = (
        ("new", "New class", "N", work.make),
        ("merge", "Merge the class into another", "M", work.merge),
        ("split", "Split the selected images off", "P", work.split),
        ("search", "Search all lots for the class", "S", presenter.search),
    )
    return tuple(
        ActionSpec(f"classes.{name}", text, keys, callback, section="Classes")
        for name, text, keys, callback in rows
    )
