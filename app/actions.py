"""Actions: one table of frozen specs becomes QActions with shortcuts that a user can remap."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from core.domain.errors import UserError

FUNCTION_KEY = re.compile(r"(Shift\+)?F\d{1,2}")


def always() -> bool:
    """Enabled at any time."""
    return True


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing the user can do.

    Attributes:
        id: "room.verb", stable: key remaps are stored under it.
        shortcut: portable text such as "Ctrl+Z"; alternatives as in "Space; A"; may be empty.
        enabled_when: asked again at every `ActionTable.refresh()`.
        section: heading under which the key sheet lists it.
        checkable: the callback is called with the new state.
    """

    id: str
    text: str
    shortcut: str
    callback: Callable[..., object]
    enabled_when: Callable[[], bool] = always
    section: str = "General"
    checkable: bool = False


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One line of the key sheet: the action, its keys as the platform writes them, and what it does."""

    action_id: str
    keys: str
    text: str


class ActionTable(QObject):
    """All actions of the window, by id.

    Specs are added with the widget they belong to: they work while that widget is visible, whatever has the
    focus inside the window. While a text field has the focus, bare keys (no Ctrl, Alt or Meta) belong to it.
    """

    def __init__(self, parent: QObject, remaps: Mapping[str, str] | None = None) -> None:
        super().__init__(parent)
        self._remaps = dict(remaps or {})
        self._specs: dict[str, ActionSpec] = {}
        self._actions: dict[str, QAction] = {}
        self._scopes: dict[str, QWidget] = {}
        self._typing = False
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus_changed)

    def add(self, specs: Iterable[ActionSpec], scope: QWidget) -> None:
        """Make actions of specs, at work while `scope` is visible.

        Raises:
            ValueError: an id is taken.
        """
        for spec in specs:
            if spec.id in self._specs:
                raise ValueError(f"two actions are called {spec.id}")
            action = QAction(spec.text, self, checkable=spec.checkable)
            (action.toggled if spec.checkable else action.triggered).connect(partial(_call, spec))
            scope.addAction(action)
            self._specs[spec.id], self._actions[spec.id], self._scopes[spec.id] = spec, action, scope
            self._apply_keys(spec.id)
        scope.installEventFilter(self)
        self.refresh()

    def action(self, action_id: str) -> QAction:
        """The action of an id, for menus and buttons."""
        return self._actions[action_id]

    def shortcut(self, action_id: str) -> str:
        """The keys in force, as portable text."""
        return self._remaps.get(action_id, self._specs[action_id].shortcut)

    def keys_text(self, action_id: str) -> str:
        """The keys in force, as the platform writes them."""
        sequences = _sequences(self.shortcut(action_id))
        return "  or  ".join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in sequences)

    def sections(self) -> dict[str, list[KeyRow]]:
        """What the key sheet shows: everything that has a key, by section, in the table's order."""
        listed: dict[str, list[KeyRow]] = {}
        for action_id, spec in self._specs.items():
            if keys := self.keys_text(action_id):
                listed.setdefault(spec.section, []).append(KeyRow(action_id, keys, spec.text))
        return listed

    @property
    def remaps(self) -> dict[str, str]:
        """Action id → keys, where they differ from the table."""
        return dict(self._remaps)

    def text(self, action_id: str) -> str:
        """What the action does, as the table says it."""
        return self._specs[action_id].text

    def remap(self, action_id: str, shortcut: str) -> None:
        """Give an action other keys.

        Raises:
            UserError: another action that can be used at the same time has one of the keys, or it is no key.
        """
        for sequence in _sequences(shortcut):
            if sequence.toString() == "":
                raise UserError(f"“{shortcut}” is no key.", "Write keys as in “Ctrl+Z” or “Space”.")
            if (owner := self._owner(sequence, other_than=action_id)) is not None:
                raise UserError(f"{sequence.toString()} is already “{owner.text}”.", "Free that key first.")
        self._remaps[action_id] = shortcut
        self._apply_keys(action_id)

    def refresh(self) -> None:
        """Ask every spec again whether it is enabled."""
        for action_id, spec in self._specs.items():
            self._actions[action_id].setEnabled(
                not self._scopes[action_id].isHidden() and spec.enabled_when()
            )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Switch a scope's actions with its visibility."""
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self.refresh()
        return super().eventFilter(watched, event)

    def _owner(self, sequence: QKeySequence, *, other_than: str) -> ActionSpec | None:
        for action_id, spec in self._specs.items():
            if action_id != other_than and sequence in _sequences(self.shortcut(action_id)):
                return spec
        return None

    def _apply_keys(self, action_id: str) -> None:
        sequences = _sequences(self.shortcut(action_id))
        kept = [sequence for sequence in sequences if not (self._typing and is_bare_key(sequence))]
        self._actions[action_id].setShortcuts(kept)

    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        typing = accepts_text(new)
        if typing != self._typing:
            self._typing = typing
            for action_id in self._specs:
                self._apply_keys(action_id)


def is_bare_key(sequence: QKeySequence) -> bool:
    """Whether the first stroke is a key that a text field wants for itself."""
    stroke = sequence.toString(QKeySequence.SequenceFormat.PortableText).split(", ")[0]
    return not stroke.startswith(("Ctrl+", "Alt+", "Meta+")) and FUNCTION_KEY.fullmatch(stroke) is None


def accepts_text(widget: QWidget | None) -> bool:
    """Whether keys typed now end up in a field."""
    if isinstance(widget, QLineEdit | QTextEdit | QPlainTextEdit | QAbstractSpinBox):
        return not widget.isReadOnly()
    return isinstance(widget, QComboBox) and widget.isEditable()


def _sequences(portable: str) -> list[QKeySequence]:
    return QKeySequence.listFromString(portable, QKeySequence.SequenceFormat.PortableText) if portable else []


def _call(spec: ActionSpec, checked: bool = False) -> None:
    if spec.checkable:
        spec.callback(checked)
    else:
        spec.callback()
