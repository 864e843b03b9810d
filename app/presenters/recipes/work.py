"""What an engineer does with recipes: ask what has to be asked, and keep it."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.events import Events
from app.messages import Message
from app.presenters.recipes.state import RecipesState
from app.views.recipes.view import RecipesView
from app.views.shell import dialogs
from core.domain.errors import UserError
from core.domain.lengths import RECIPE_NAME_LENGTH, RECIPE_NOTE_LENGTH
from core.domain.recipe_editing import CheckedForm
from core.domain.recipe_library import VersionId
from core.domain.recipes import Recipe
from core.services import recipes
from core.services.workspace import Workspace


class RecipeWork(QObject):
    """Each method is one thing that a button does."""

    done = Signal(object)  # VersionId to look at next, or None

    def __init__(
        self,
        workspace: Workspace,
        view: RecipesView,
        events: Events,
        state: Callable[[], RecipesState],
        checked: Callable[[], CheckedForm],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._view, self._events = workspace, view, events
        self._state, self._checked = state, checked
        view.save_requested.connect(self.save)
        view.fork_requested.connect(self.fork)
        view.revert_requested.connect(self.revert)
        view.lock_requested.connect(self.toggle_lock)
        view.use_requested.connect(self.use)

    def save(self) -> None:
        """Keep what the form says as the next version."""
        made, known = self._checked().recipe, self._state().recipe
        if made is None or known is None:
            return
        question = f"What is new in version {known.newest.id.version + 1} of {known.name}:"
        note = dialogs.ask_text(self._view, "Save as version", question, "", RECIPE_NOTE_LENGTH)
        if note is not None:
            self._keep(lambda: recipes.save_version(self._workspace, made, note))

    def fork(self) -> None:
        """Begin another recipe with the version that is shown."""
        chosen = self._state().chosen
        question = f"Name of the recipe that begins with {chosen}:"
        name = dialogs.ask_text(self._view, "Fork", question, f"{chosen.name} 2", RECIPE_NAME_LENGTH)
        if name is not None:
            self._keep(lambda: recipes.fork_recipe(self._workspace, chosen, name))

    def revert(self) -> None:
        """Make the shown version the newest again."""
        self._keep(lambda: recipes.revert_recipe(self._workspace, self._state().chosen))

    def toggle_lock(self) -> None:
        """Lock the recipe, or unlock it."""
        known = self._state().recipe
        if known is not None:
            act = recipes.lock_recipe if known.lock is None else recipes.unlock_recipe
            if self._try(lambda: act(self._workspace, known.name)):
                self.done.emit(None)

    def use(self) -> None:
        """Measure with the shown version from now on."""
        chosen = self._state().chosen
        if self._try(lambda: recipes.use_version(self._workspace, chosen)):
            hint = "Every lot is measured with it from now on; F5 measures the open one again."
            self._events.notice.emit(Message(f"In use: {chosen}.", hint, is_error=False))
            self.done.emit(None)

    def _keep(self, act: Callable[[], Recipe]) -> None:
        made: list[Recipe] = []
        if self._try(lambda: made.append(act())):
            self.done.emit(VersionId(made[0].name, made[0].version))

    def _try(self, act: Callable[[], Any]) -> bool:
        try:
            act()
        except UserError as error:
            self._events.user_error.emit(error)
            return False
        return True
