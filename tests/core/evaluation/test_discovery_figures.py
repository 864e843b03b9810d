import pytest

from core.evaluation.discovery import score_classes

TRUTH = {"a": "open", "b": "open", "c": "pit", "d": "pit", "e": "open", "f": "normal"}


def figures(found, told=None, estimated=2):
    return score_classes(TRUTH, found, told or {}, estimated, normal="normal")


def test_names_of_groups_do_not_matter():
    perfect = figures({"a": "x", "b": "x", "e": "x", "c": "y", "d": "y", "f": "z"})
    assert (perfect.nmi, perfect.ari, perfect.f1, perfect.macro_f1) == (1, 1, 1, 1)
    assert (perfect.classes, perfect.class_error, perfect.images) == (2, 0, 5)


def test_told_images_are_left_out_and_known_and_novel_stand_apart():
    found = {"b": "open", "e": "y", "c": "y", "d": "y"}
    judged = figures(found, told={"a": "open"}, estimated=3)
    assert judged.images == 4
    assert judged.f1 == pytest.approx(0.75)
    assert judged.f1_known == pytest.approx(0.5)
    assert judged.f1_novel == 1
    assert judged.class_error == pytest.approx(0.5)


def test_one_group_for_two_classes_is_right_for_one_of_them():
    assert figures(dict.fromkeys(TRUTH, "x")).f1 == pytest.approx(0.6)


def test_a_group_more_than_classes_is_wrong_for_some():
    found = {"a": "x", "b": "y", "e": "z", "c": "v", "d": "v"}
    assert figures(found).f1 == pytest.approx(0.6)


def test_an_image_without_a_class_counts_against():
    assert figures({"a": "x", "b": "x", "e": "x", "c": "y"}).f1 == pytest.approx(0.8)


def test_nothing_to_judge_by_is_refused():
    with pytest.raises(ValueError, match="no defective image"):
        figures({}, told=TRUTH)
