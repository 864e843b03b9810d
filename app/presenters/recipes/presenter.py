"""The recipe editor: which version is looked at, what was changed in it, and what it differs in."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.events import Events, RecipesChanged
from app.presenters.recipes import state as reduce
from app.presenters.recipes.state import RecipesState
from app.presenters.recipes.text import difference_text, origin_text, standing_text
from app.presenters.recipes.work import RecipeWork
from app.qt_models.recipes import ChangesModel, RecipeRow, RecipesModel, VersionRow, VersionsModel
from app.views.recipes.view import RecipesView
from core.domain.errors import UserError
from core.domain.recipe_changes import compare_recipes
from core.domain.recipe_editing import CheckedForm, FormValues, check_form, fields_in_use, form_values
from core.domain.recipe_fields import FieldPath
from core.domain.recipe_library import VersionId
from core.domain.recipes import Recipe
from core.services.recipes import id_in_use, list_recipes, read_version
from core.services.workspace import Workspace


class RecipesPresenter(QObject):
    """Applies RecipesState to the screen."""

    shown = Signal(object)  # RecipesState

    def __init__(
        self,
        workspace: Workspace,
        view: RecipesView,
        models: tuple[RecipesModel, VersionsModel, ChangesModel],
        events: Events,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._view, self._events = workspace, view, events
        self._recipes, self._versions, self._changes = models
        self._state = RecipesState()
        self._known: dict[VersionId, Recipe] = {}
        self._saved: Recipe | None = None
        self._showing = False
        self.work = RecipeWork(workspace, view, events, lambda: self._state, self.checked, self)
        self.work.done.connect(self._on_done)
        view.shown.connect(self._open)
        events.changed.connect(self._on_changed)
        view.form.edited.connect(self._on_edited)
        view.shelf.recipe_chosen.connect(self._on_recipe)
        view.shelf.version_chosen.connect(self._on_version)
        view.changes.other_chosen.connect(self._on_other)
        view.discard_requested.connect(self._discard)
        self._opened = False

    @property
    def state(self) -> RecipesState:
        """What is shown now."""
        return self._state

    def checked(self) -> CheckedForm:
        """What the form says now."""
        if self._saved is None:
            return CheckedForm(None)
        return check_form(self._saved, self._values(self._saved))

    def choose(self, version: VersionId) -> None:
        """Look at a version."""
        self._apply(reduce.chose(self._state, version))

    def refresh(self) -> None:
        """Read the library again."""
        try:
            recipes, in_use = list_recipes(self._workspace), id_in_use(self._workspace)
        except UserError as error:
            self._events.user_error.emit(error)
            return
        self._apply(reduce.listed(self._state, recipes, in_use))

    def _open(self) -> None:
        """The first look is at the version in use."""
        self.refresh()
        if not self._opened:
            self._opened = True
            self.choose(self._state.in_use)

    def _on_changed(self, change: object, _initiator: object) -> None:
        if isinstance(change, RecipesChanged) and self._view.isVisible():
            self.refresh()

    def _on_done(self, chosen: VersionId | None) -> None:
        """Something was kept: what was changed on the way to it is no draft any more."""
        if chosen is not None and chosen != self._state.chosen:
            self._state = replace(reduce.discarded(self._state), chosen=chosen, other=None)
        self.refresh()

    def _on_recipe(self, row: int) -> None:
        if not self._showing:
            recipe = self._recipes.records[row].recipe
            used = [version.id for version in recipe.versions if version.id == self._state.in_use]
            self.choose(used[0] if used else recipe.newest.id)

    def _on_version(self, row: int) -> None:
        if not self._showing:
            self.choose(self._versions.records[row].version.id)

    def _on_other(self, version: VersionId) -> None:
        self._apply(replace(self._state, other=version))

    def _on_edited(self, path: FieldPath, value: Any) -> None:
        if self._saved is not None:
            values = {**self._values(self._saved), path: value}
            is_draft = values != form_values(self._saved)
            self._apply(reduce.drafted(self._state, values) if is_draft else reduce.discarded(self._state))

    def _discard(self) -> None:
        self._apply(reduce.discarded(self._state))

    def _values(self, saved: Recipe) -> FormValues:
        return self._state.drafts.get(self._state.chosen) or form_values(saved)

    def _apply(self, state: RecipesState) -> None:
        self._state = state
        self._showing = True  # rows that are replaced move Qt's cursor, which is nobody's wish
        self._show_shelf()
        self._showing = False
        self._saved = self._read(state.chosen)
        checked = self.checked()
        self._show_form(checked)
        self._show_changes(checked)
        self.shown.emit(state)

    def _show_shelf(self) -> None:
        state = self._state
        rows = [RecipeRow(recipe, recipe.name == state.in_use.name) for recipe in state.recipes]
        self._recipes.replace_records(rows)
        versions = () if state.recipe is None else state.recipe.versions
        self._versions.replace_records(
            [
                VersionRow(version, version.id == state.in_use, version.id in state.drafts)
                for version in versions
            ]
        )
        recipe_row, version_row = self._recipes.row_of(state.chosen.name), self._versions.row_of(state.chosen)
        if recipe_row is not None and version_row is not None:
            self._view.shelf.select(recipe_row, version_row, state.chosen.name)

    def _show_form(self, checked: CheckedForm) -> None:
        view, state, saved = self._view, self._state, self._saved
        known = state.recipe
        is_locked = known is not None and known.lock is not None
        made = checked.recipe
        changes = 0 if saved is None or made is None else len(compare_recipes(saved, made))
        view.set_heading(
            str(state.chosen),
            origin_text(state, saved),
            standing_text(state, changes, len(checked.complaints)),
        )
        if saved is not None:
            values = self._values(saved)
            view.form.set_values(values)
            view.form.set_shown({field.path for field in fields_in_use(values)})
            view.form.set_complaints(checked.complaints)
        view.form.set_open(saved is not None and not is_locked)
        view.set_possible(
            save=bool(changes) and not is_locked,
            discard=state.chosen in state.drafts,
            fork=saved is not None,
            revert=saved is not None
            and not is_locked
            and known is not None
            and known.newest.id != state.chosen,
            use=saved is not None and state.chosen != state.in_use,
            is_locked=is_locked,
        )

    def _show_changes(self, checked: CheckedForm) -> None:
        state, other = self._state, self._state.compared_with
        before, after = self._read(other), checked.recipe or self._saved
        rows = () if before is None or after is None else compare_recipes(before, after)
        changed = "  (as changed)" if state.chosen in state.drafts else ""
        self._changes.set_changes(rows, str(other), f"{state.chosen}{changed}")
        self._view.changes.set_others(state.versions, other)
        words = difference_text(len(rows), other, state.chosen)
        self._view.changes.set_words(words, any_difference=bool(rows))

    def _read(self, version: VersionId) -> Recipe | None:
        """A version, which never changes; one that cannot be read is told and asked for again."""
        if version not in self._known:
            try:
                self._known[version] = read_version(self._workspace, version)
            except UserError as error:
                self._events.user_error.emit(error)
                return None
        return self._known[version]
