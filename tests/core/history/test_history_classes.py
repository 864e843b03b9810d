from dataclasses import replace

import pytest

from core.domain.decisions import ClassDraft, DefectClass, Judgement
from core.domain.errors import UserError
from core.domain.lengths import CLASS_NAME_LENGTH


def rename(history, known, name):
    history.class_table.change("Rename", moved=[(known, replace(known, name=name))])
    return history.class_table.find(known.id)


def retire(history, known):
    history.class_table.change("Retire", moved=[(known, replace(known, retired=True, slot=None))])
    return history.class_table.find(known.id)


def test_a_name_that_is_too_long_is_refused_whoever_gives_it(history):
    known = history.add_class("b" * CLASS_NAME_LENGTH)
    with pytest.raises(UserError, match="characters at most"):
        history.add_class("c" * (CLASS_NAME_LENGTH + 1))
    with pytest.raises(UserError, match="characters at most"):
        rename(history, known, "d" * (CLASS_NAME_LENGTH + 1))


def test_classes_keep_their_ids_through_a_new_name(history, lot_id, image_ids, change):
    bridge = history.add_class("Bridge", code=12, color="#ff8800", slot=1)
    assert bridge == DefectClass(bridge.id, "Bridge", 12, "#ff8800", 1)
    labelled = Judgement(class_id=bridge.id)
    history.apply("Label", [change(image_ids[0], labelled)])

    renamed = rename(history, bridge, "  Metal bridge ")
    assert (renamed.id, renamed.name, renamed.code, renamed.slot) == (bridge.id, "Metal bridge", 12, 1)
    assert history.list_classes() == (renamed,)
    assert history.list_items(lot_id)[0].judgement == labelled


@pytest.mark.parametrize("name", ["Bridge", "bridge", " BRIDGE ", "", "   "])
def test_a_name_is_given_once_in_any_letter_case(history, name):
    history.add_class("Bridge")
    pit = history.add_class("Pit")
    with pytest.raises(UserError, match="class"):
        history.add_class(name)
    with pytest.raises(UserError, match="class"):
        rename(history, pit, name)
    assert [one.name for one in history.list_classes()] == ["Bridge", "Pit"]


def test_a_class_may_change_the_case_of_its_own_name(history):
    bridge = history.add_class("bridge")
    assert rename(history, bridge, "Bridge").name == "Bridge"


def test_a_key_assigns_one_class(history):
    history.add_class("Bridge", slot=1)
    with pytest.raises(UserError, match="Key 1 assigns “Bridge” already"):
        history.add_class("Pit", slot=1)
    for name in ("Pit", "Void"):  # without a key as many as you like
        history.add_class(name)


def test_a_retired_class_keeps_its_labels_and_frees_its_key(history, lot_id, image_ids, change):
    bridge = history.add_class("Bridge", slot=1)
    history.apply("Label", [change(image_ids[0], Judgement(class_id=bridge.id))])
    assert retire(history, bridge).retired
    assert history.list_classes() == ()
    assert [one.id for one in history.list_classes(include_retired=True)] == [bridge.id]
    assert history.list_items(lot_id)[0].judgement.class_id == bridge.id
    assert history.add_class("Pit", slot=1).slot == 1
    with pytest.raises(UserError, match="retired"):
        history.add_class("bridge")


def test_classes_are_audited(history):
    rows = history.verify_audit().rows
    bridge = history.add_class("Bridge")
    retire(history, rename(history, bridge, "Bridging"))
    report = history.verify_audit()
    assert report.ok
    assert report.rows == rows + 3


def test_classes_have_an_undo_of_their_own(history, lot_id, image_ids, change):
    bridge = history.add_class("Bridge", slot=1)
    history.apply("Label", [change(image_ids[0], Judgement(class_id=bridge.id))])
    renamed = rename(history, bridge, "Bridging")
    retire(history, renamed)
    assert history.next_undo().title == history.next_undo(lot_id).title == "Label"
    assert history.next_undo("classes").lot_id is None
    assert history.undo("classes").title == "Retire"
    assert history.list_classes() == (renamed,)
    assert history.undo("classes").title == "Rename"
    assert history.list_classes() == (bridge,)
    assert history.undo("classes") is None
    assert [history.redo("classes").title for _ in range(2)] == ["Rename", "Retire"]
    assert history.list_classes() == ()
    assert history.verify_audit().ok


def test_a_change_from_an_outdated_state_is_refused(history):
    bridge = history.add_class("Bridge")
    rename(history, bridge, "Bridging")
    with pytest.raises(UserError, match="no longer what was shown"):
        rename(history, bridge, "Pinch")
    assert [one.name for one in history.list_classes()] == ["Bridging"]


def test_several_changes_are_saved_together_or_not_at_all(history):
    bridge = history.add_class("Bridge")
    with pytest.raises(UserError, match="already"):
        history.class_table.change(
            "Import", added=[ClassDraft("Pit"), ClassDraft("pit")], moved=[(bridge, replace(bridge, code=7))]
        )
    assert history.list_classes() == (bridge,)
    assert history.next_undo("classes") is None


def test_events_tell_a_class_s_life(history):
    bridge = history.add_class("Bridge")
    rename(history, history.add_class("Pit"), "Void")
    retire(history, rename(history, bridge, "Bridging"))
    history.undo("classes")
    events = history.class_table.events(bridge.id)
    assert [(event.title, event.kind, event.reviewer) for event in events] == [
        ("Add Bridge", "do", "mei"),
        ("Rename", "do", "mei"),
        ("Retire", "do", "mei"),
        ("Retire", "undo", "mei"),
    ]
    assert (events[1].before["name"], events[1].after["name"]) == ("Bridge", "Bridging")
    assert (events[3].before["retired"], events[3].after["retired"]) == (1, 0)
