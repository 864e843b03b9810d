import pytest

from core.domain.decisions import DefectClass, Judgement
from core.domain.errors import UserError


def test_classes_keep_their_ids_through_a_new_name(history, lot_id, image_ids, change):
    bridge = history.add_class("Bridge", code=12, color="#ff8800", slot=1)
    assert bridge == DefectClass(bridge.id, "Bridge", 12, "#ff8800", 1)
    labelled = Judgement(class_id=bridge.id)
    history.apply("Label", [change(image_ids[0], labelled)])

    renamed = history.rename_class(bridge.id, "  Metal bridge ")
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
        history.rename_class(pit.id, name)
    assert [one.name for one in history.list_classes()] == ["Bridge", "Pit"]


def test_a_class_may_change_the_case_of_its_own_name(history):
    bridge = history.add_class("bridge")
    assert history.rename_class(bridge.id, "Bridge").name == "Bridge"


def test_a_key_assigns_one_class(history):
    history.add_class("Bridge", slot=1)
    with pytest.raises(UserError, match="Key 1 assigns “Bridge” already"):
        history.add_class("Pit", slot=1)
    for name in ("Pit", "Void"):  # without a key as many as you like
        history.add_class(name)


def test_a_retired_class_keeps_its_labels_and_frees_its_key(history, lot_id, image_ids, change):
    bridge = history.add_class("Bridge", slot=1)
    history.apply("Label", [change(image_ids[0], Judgement(class_id=bridge.id))])
    assert history.retire_class(bridge.id).retired
    assert history.list_classes() == ()
    assert [one.id for one in history.list_classes(include_retired=True)] == [bridge.id]
    assert history.list_items(lot_id)[0].judgement.class_id == bridge.id
    assert history.add_class("Pit", slot=1).slot == 1
    with pytest.raises(UserError, match="retired"):
        history.add_class("bridge")


def test_classes_are_audited(history):
    rows = history.verify_audit().rows
    bridge = history.add_class("Bridge")
    history.rename_class(bridge.id, "Bridging")
    history.retire_class(bridge.id)
    report = history.verify_audit()
    assert report.ok
    assert report.rows == rows + 3
