"""The action table: keys work while their screen is visible, never while somebody types."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.actions import ActionSpec, ActionTable, KeyRow, is_bare_key
from app.views.shell.key_sheet import KeySheet
from core.domain.errors import UserError


class Screen:
    """A window with a scope, a text field and a table."""

    def __init__(self, qtbot: QtBot, remaps: dict[str, str] | None = None) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        layout = QVBoxLayout(self.window)
        self.scope, self.field, self.elsewhere = QWidget(), QLineEdit(), QWidget()
        for child in (self.scope, self.field, self.elsewhere):
            layout.addWidget(child)
        self.elsewhere.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.done: list[str] = []
        self.table = ActionTable(self.window, remaps)
        with qtbot.waitActive(self.window):
            self.window.show()
        self.elsewhere.setFocus()
        self.qtbot = qtbot

    def spec(self, name: str, keys: str, enabled_when: Callable[[], bool] = lambda: True) -> ActionSpec:
        return ActionSpec(
            f"test.{name}", name.title(), keys, lambda: self.done.append(name), enabled_when, "Test"
        )

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.window.focusWidget(), key, modifier)


def test_each_alternative_key_calls_the_callback(qtbot: QtBot) -> None:
    screen = Screen(qtbot)
    screen.table.add([screen.spec("accept", "Space; A")], screen.scope)
    screen.press(Qt.Key.Key_Space)
    screen.press(Qt.Key.Key_A)
    assert screen.done == ["accept", "accept"]


def test_bare_keys_belong_to_a_focused_text_field_and_come_back(qtbot: QtBot) -> None:
    screen = Screen(qtbot)
    screen.table.add([screen.spec("nuisance", "X"), screen.spec("undo", "Ctrl+U")], screen.scope)
    screen.field.setFocus()
    screen.press(Qt.Key.Key_X)
    screen.press(Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    assert (screen.done, screen.field.text()) == (["undo"], "x")
    screen.elsewhere.setFocus()
    screen.press(Qt.Key.Key_X)
    assert screen.done == ["undo", "nuisance"]


def test_a_hidden_scope_is_deaf(qtbot: QtBot) -> None:
    screen = Screen(qtbot)
    screen.table.add([screen.spec("flag", "F")], screen.scope)
    screen.scope.hide()
    screen.press(Qt.Key.Key_F)
    assert screen.done == []
    assert not screen.table.action("test.flag").isEnabled()
    screen.scope.show()
    screen.press(Qt.Key.Key_F)
    assert screen.done == ["flag"]


def test_enabled_when_is_asked_at_refresh(qtbot: QtBot) -> None:
    screen, ready = Screen(qtbot), [False]
    screen.table.add([screen.spec("go", "G", lambda: ready[0])], screen.scope)
    screen.press(Qt.Key.Key_G)
    ready[0] = True
    screen.table.refresh()
    screen.press(Qt.Key.Key_G)
    assert screen.done == ["go"]


def test_remap_moves_the_key_and_refuses_a_taken_or_unknown_one(qtbot: QtBot) -> None:
    screen = Screen(qtbot, {"test.accept": "Q"})
    screen.table.add([screen.spec("accept", "Space"), screen.spec("skip", "S")], screen.scope)
    screen.press(Qt.Key.Key_Q)
    screen.table.remap("test.accept", "Y")
    screen.press(Qt.Key.Key_Q)
    screen.press(Qt.Key.Key_Y)
    assert screen.done == ["accept", "accept"]
    with pytest.raises(UserError, match="already “Skip”"):
        screen.table.remap("test.accept", "S")
    with pytest.raises(UserError, match="no key"):
        screen.table.remap("test.accept", "Strg+Quark")
    assert screen.table.shortcut("test.accept") == "Y"


def test_two_specs_of_one_id_are_a_bug(qtbot: QtBot) -> None:
    screen = Screen(qtbot)
    with pytest.raises(ValueError, match=r"test\.go"):
        screen.table.add([screen.spec("go", "G"), screen.spec("go", "H")], screen.scope)


@pytest.mark.parametrize(
    ("keys", "bare"),
    [("X", True), ("Shift+[", True), ("Up", True), ("Ctrl+Z", False), ("F5", False), ("F", True)],
)
def test_bare_keys(keys: str, bare: bool) -> None:
    assert is_bare_key(QKeySequence(keys)) is bare


def test_the_key_sheet_lists_every_key_in_force(qtbot: QtBot) -> None:
    screen = Screen(qtbot)
    screen.table.add([screen.spec("accept", "Space; A"), screen.spec("hidden", "")], screen.scope)
    sections = screen.table.sections()
    assert sections == {"Test": [KeyRow("test.accept", "Space  or  A", "Accept")]}
    sheet = KeySheet(sections, screen.window)
    texts = {label.text() for label in sheet.findChildren(QLabel)}
    assert {"Test", "Accept"} <= texts
    with qtbot.waitSignal(sheet.remap_requested) as asked:
        sheet.button("test.accept").click()
    assert (sheet.button("test.accept").text(), asked.args) == ("Space  or  A", ["test.accept"])
