"""The class manager on a real history."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog

from app.presenters.shell import CLASSES
from app.views.classes import dialogs
from core.domain.decisions import ClassDraft, Killer
from core.services.discovery.cluster_naming import name_cluster
from tests.app.discover.conftest import Desk


@pytest.fixture
def manager(desk: Desk) -> Desk:
    """A named group, and one class made by hand."""
    opened = desk.presenter.state.opened
    assert opened is not None
    name_cluster(desk.workspace, opened, opened.stored.clusters[0].id, ClassDraft("Bridge", slot=1))
    desk.workspace.history.add_class("Pit")
    desk.station.shell.show_screen(CLASSES)
    return desk


def listed(desk: Desk) -> list[str]:
    model = desk.station.rooms.classes.table.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def answer(monkeypatch: pytest.MonkeyPatch, kind: type[QDialog], fill: object) -> None:
    def execute(dialog: QDialog) -> QDialog.DialogCode:
        fill(dialog)  # type: ignore[operator]
        return QDialog.DialogCode.Accepted

    monkeypatch.setattr(kind, "exec", execute)


def texts(view: object) -> list[str]:
    return [view.item(row).text() for row in range(view.count())]  # type: ignore[attr-defined]


def test_a_class_is_shown_with_its_origin_images_and_history(manager: Desk) -> None:
    assert listed(manager) == ["Bridge", "Pit"]
    details = manager.station.rooms.classes.details
    assert details.form.name.text() == "Bridge"
    assert "Named by ada" in details._birth.text()
    assert "group “Novel 1” of the lot “W07”" in details._birth.text()
    assert len(texts(details.images)) >= 2
    assert "Name Bridge" in texts(details._events)[0]


def test_a_field_that_is_left_is_kept_and_undone(manager: Desk) -> None:
    form = manager.station.rooms.classes.details.form
    form.name.setText("Metal bridge")
    form.name.editingFinished.emit()
    form.killer.setCurrentIndex(form.killer.findData(Killer.YES))
    form.killer.activated.emit(1)
    assert listed(manager)[0] == "Metal bridge"
    assert manager.workspace.history.list_classes()[0].killer is Killer.YES
    manager.station.rooms.classes.table.setFocus()
    manager.undo()
    manager.undo()
    assert listed(manager)[0] == "Bridge"
    assert form.name.text() == "Bridge"


def test_a_name_that_is_taken_is_refused_and_the_form_shows_what_holds(manager: Desk) -> None:
    form = manager.station.rooms.classes.details.form
    form.name.setText("pit")
    form.name.editingFinished.emit()
    assert "There is a class “Pit” already." in manager.messages
    assert form.name.text() == "Bridge"


def test_a_class_is_made(manager: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, dialogs.ClassDialog, lambda dialog: dialog.form.name.setText("Void"))
    manager.station.rooms.classes.table.setFocus()
    manager.press(Qt.Key.Key_N)
    assert listed(manager) == ["Bridge", "Pit", "Void"]


def test_a_merge_shows_its_preview_and_moves_to_the_target(
    manager: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    answer(monkeypatch, dialogs.MergeDialog, lambda dialog: said.append(dialog._words.text()))
    images = list(manager.labels().values()).count(manager.workspace.history.list_classes()[0].id)
    manager.station.rooms.classes_presenter.work.merge()
    assert f"{images} images will bear “Pit” (W07 {images})." in said[0]
    assert "Key 1 becomes free." in said[0]
    assert listed(manager) == ["Pit"]
    assert manager.station.rooms.classes.details.form.name.text() == "Pit"
    manager.station.rooms.classes._retired.click()
    assert listed(manager) == ["Bridge  (retired)", "Pit"]


def test_selected_images_are_split_off(manager: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    details = manager.station.rooms.classes.details
    details.images.setCurrentRow(0)
    answer(monkeypatch, dialogs.ClassDialog, lambda dialog: dialog.form.name.setText("Thin bridge"))
    manager.station.rooms.classes_presenter.work.split()
    made = manager.workspace.history.list_classes()[-1]
    assert made.name == "Thin bridge"
    assert list(manager.labels().values()).count(made.id) == 1


def test_a_class_is_retired_and_taken_back(manager: Desk) -> None:
    work = manager.station.rooms.classes_presenter.work
    work.retire()
    assert listed(manager) == ["Pit"]
    manager.undo()
    assert listed(manager) == ["Bridge", "Pit"]


def test_a_table_goes_out_and_comes_in(
    manager: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "classes.csv"
    monkeypatch.setattr(dialogs, "ask_export", lambda parent: file)
    monkeypatch.setattr(dialogs, "ask_table", lambda parent: file)
    work = manager.station.rooms.classes_presenter.work
    work.export_table()
    assert file.read_text(encoding="utf-8").count("\n") == 3
    file.write_text("name,code\nBridge,77\nVoid,78\n", encoding="utf-8")
    lines: list[str] = []
    answer(
        monkeypatch,
        dialogs.ImportDialog,
        lambda dialog: lines.append(dialog.findChild(dialogs.QPlainTextEdit).toPlainText()),
    )
    work.import_table()
    assert lines == ["New: Void\nChanged: Bridge: code none → “77”"]
    assert listed(manager) == ["Bridge", "Pit", "Void"]
    file.write_text("name,code\n,1\n", encoding="utf-8")
    monkeypatch.setattr(dialogs.ImportDialog, "exec", lambda dialog: QDialog.DialogCode.Rejected)
    work.import_table()
    assert listed(manager) == ["Bridge", "Pit", "Void"]
