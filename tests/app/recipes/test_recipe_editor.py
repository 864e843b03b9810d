"""The recipe editor on a real library of recipes."""

from app.events import RecipesChanged
from app.views.recipes.editors import ChoiceEditor, ChoicesEditor, TextEditor
from core.domain.recipe_fields import FieldPath
from core.domain.recipe_library import VersionId
from core.services.recipes import current_recipe, find_recipe, keep_recipe, lock_recipe, read_version
from tests.app.recipes.conftest import FIRST, NAME, SECOND, SHARP, Bench

BATCH: FieldPath = ("detector", "batch_size")
AREA: FieldPath = ("segmentation", "min_area_px")
UNKNOWN_AT, NG_AT = ("thresholds", "unknown_at"), ("thresholds", "ng_at")


def is_shown(bench: Bench, path: FieldPath) -> bool:
    return bench.view.form.rows[path].editor.isVisibleTo(bench.view.form)


def complaint(bench: Bench, path: FieldPath) -> str:
    label = bench.view.form.rows[path].complaint
    return label.text() if label.isVisibleTo(bench.view.form) else ""


def test_the_first_look_is_at_the_version_in_use(bench: Bench) -> None:
    assert bench.station.recipes.presenter.state.chosen == FIRST
    assert bench.listed == ["2", "1  ·  in use"]
    assert bench.view._name.text() == "Contacts, version 1"
    assert "saved by ada, Today" in bench.view._origin.text()
    assert "begun" in bench.view._origin.text()
    assert not bench.view.use.isEnabled()
    assert not bench.view.save.isEnabled()


def test_only_what_the_method_reads_is_offered(bench: Bench) -> None:
    assert is_shown(bench, AREA)
    assert not is_shown(bench, ("detector", "evidence"))
    assert not is_shown(bench, ("training", "steps"))
    method = bench.view.form.rows["detector", "method"].editor
    assert isinstance(method, ChoiceEditor)
    method.box.setCurrentText("ic_defectncd")
    method.box.textActivated.emit("ic_defectncd")
    assert is_shown(bench, ("detector", "evidence"))
    assert is_shown(bench, ("training", "steps"))
    evidence = bench.view.form.rows["detector", "evidence"].editor
    assert isinstance(evidence, ChoicesEditor)
    for box in evidence.boxes.values():
        if box.isChecked():
            box.click()
    assert complaint(bench, ("detector", "evidence")) == "Name at least one source of evidence, each once."


def test_a_wrong_value_is_told_at_its_field_and_cannot_be_saved(bench: Bench) -> None:
    bench.type(BATCH, "many")
    assert complaint(bench, BATCH) == "Enter a whole number: 1 to 256 images."
    bench.type(UNKNOWN_AT, "3")
    bench.type(BATCH, "8")
    assert complaint(bench, BATCH) == ""
    assert complaint(bench, NG_AT) == "“Unknown from” must not exceed “NG from”."
    assert "1 field is not right yet" in bench.view._state.text()
    assert not bench.view.save.isEnabled()
    bench.type(UNKNOWN_AT, "")
    assert bench.view.save.isEnabled()
    assert "2 changes are not saved" in bench.view._state.text()


def test_changes_are_saved_as_the_next_version_and_used_when_put_in_use(bench: Bench) -> None:
    bench.type(AREA, "44")
    bench.answer("less dust")
    bench.view.save.click()
    assert bench.listed == ["3", "2", "1  ·  in use"]
    made = read_version(bench.workspace, VersionId(NAME, 3))
    assert made.segmentation.min_area_px == 44
    assert made.thresholds == read_version(bench.workspace, FIRST).thresholds
    assert "less dust" in bench.view._origin.text()
    assert current_recipe(bench.workspace).version == 1
    bench.view.use.click()
    assert current_recipe(bench.workspace) == made
    assert bench.messages == ["In use: Contacts, version 3."]
    bench.choose(FIRST)  # what was typed there has become version 3
    assert not bench.view.discard.isEnabled()


def test_a_question_that_is_left_saves_nothing(bench: Bench) -> None:
    bench.type(AREA, "44")
    bench.answer(None)
    bench.view.save.click()
    bench.view.fork.click()
    assert len(bench.listed) == 2
    assert bench.view.save.isEnabled()


def test_changes_wait_while_another_version_is_looked_at(bench: Bench) -> None:
    bench.type(AREA, "44")
    bench.view.shelf.versions.selectRow(0)
    assert bench.station.recipes.presenter.state.chosen == SECOND
    assert bench.listed == ["2", "1  ·  in use  ·  changed"]
    assert not bench.view.discard.isEnabled()
    bench.view.shelf.versions.selectRow(1)
    editor = bench.view.form.rows[AREA].editor
    assert isinstance(editor, TextEditor)
    assert editor.line.text() == "44"
    assert "1 change is not saved" in bench.view._state.text()
    bench.view.discard.click()
    assert bench.listed == ["2", "1  ·  in use"]
    assert bench.view._state.text() == "In use on this station"


def test_a_value_typed_back_is_no_change(bench: Bench) -> None:
    bench.type(AREA, "44")
    bench.type(AREA, "9")
    assert not bench.view.discard.isEnabled()
    assert not bench.view.save.isEnabled()


def test_a_locked_recipe_is_read_only_until_it_is_unlocked(bench: Bench) -> None:
    bench.view.lock.click()
    assert "Locked by ada" in bench.view._state.text()
    assert not bench.view.form.rows[AREA].editor.isEnabled()
    bench.choose(FIRST)
    assert not bench.view.revert.isEnabled()
    bench.answer("Contacts 2")
    bench.view.fork.click()
    assert bench.station.recipes.presenter.state.chosen == VersionId("Contacts 2", 1)
    assert bench.view.form.rows[AREA].editor.isEnabled()
    bench.choose(FIRST)
    bench.view.lock.click()
    assert bench.view.revert.isEnabled()
    known = find_recipe(bench.workspace, NAME)
    assert known is not None
    assert known.lock is None


def test_a_lock_that_came_meanwhile_is_told(bench: Bench) -> None:
    bench.type(AREA, "44")
    lock_recipe(bench.workspace, NAME)
    bench.answer("")
    bench.view.save.click()
    assert bench.messages == ["The recipe “Contacts” is locked by ada."]
    assert len(bench.listed) == 2


def test_a_version_that_the_thresholds_dialog_keeps_is_listed_at_once(bench: Bench) -> None:
    file = keep_recipe(bench.workspace, SHARP.model_copy(update={"version": 3}), "by the dialog")
    bench.station.events.changed.emit(RecipesChanged(), None)
    assert file.exists()
    assert bench.listed == ["3  ·  in use", "2", "1"]
    assert bench.view.use.isEnabled()


def test_an_old_version_is_brought_back(bench: Bench) -> None:
    bench.view.revert.click()
    assert bench.listed == ["3", "2", "1  ·  in use"]
    again = read_version(bench.workspace, VersionId(NAME, 3))
    assert again.sha256 == read_version(bench.workspace, FIRST).sha256
    assert not bench.view.revert.isEnabled()


def test_two_versions_are_compared_with_units(bench: Bench) -> None:
    bench.choose(SECOND)
    model = bench.view.changes.table.model()
    rows = [[model.index(row, column).data() for column in range(3)] for row in range(model.rowCount())]
    assert rows == [
        ["Mask · Least area", "9 px", "20 px"],
        ["Thresholds · Unknown from", "2", "0"],
        ["Thresholds · NG from", "2", "0"],
    ]
    box = bench.view.changes.others
    assert [box.itemData(row) for row in range(box.count())] == [VersionId("default", 1), SECOND, FIRST]
    box.setCurrentIndex(0)
    box.activated.emit(0)
    assert model.index(0, 0).data() == "Detector · Method"
    assert model.index(0, 1).data() == "ic_defectncd"


def test_the_recipe_that_comes_with_the_application_is_changed_as_its_second_version(bench: Bench) -> None:
    bench.view.shelf.recipes.selectRow(0)
    assert bench.listed == ["1  ·  shipped"]
    bench.type(AREA, "12")
    bench.answer("")
    bench.view.save.click()
    assert bench.listed == ["2", "1  ·  shipped"]


def test_a_damaged_version_is_told_and_the_others_stay_usable(bench: Bench) -> None:
    (file,) = bench.workspace.home.glob("recipes/contacts-*/recipe-2.json")
    file.write_text("{", encoding="utf-8")
    bench.choose(SECOND)
    assert "recipe-2.json" in bench.messages[0]
    assert not bench.view.fork.isEnabled()
    bench.choose(FIRST)
    assert bench.view.fork.isEnabled()
