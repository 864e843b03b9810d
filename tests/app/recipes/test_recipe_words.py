"""What the recipe editor says, and the states it goes through."""

from datetime import UTC, datetime
from pathlib import Path

from app.presenters.recipes.state import RecipesState, chose, discarded, drafted, listed
from app.presenters.recipes.text import difference_text, origin_text, standing_text, what_if_text
from core.domain.detections import ModelVerdict
from core.domain.ids import ImageId, LotId
from core.domain.lots import ImageRecord
from core.domain.recipe_library import RecipeLock, StoredRecipe, StoredVersion, VersionId
from core.domain.recipes import Recipe
from core.domain.what_if import Flip, Opinion, WhatIf

OK, NG = ModelVerdict.OK, ModelVerdict.NG
MOMENT = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
SHIPPED, FIRST, SECOND = VersionId("default", 1), VersionId("film", 1), VersionId("film", 2)
LIBRARY = (
    StoredRecipe("default", (StoredVersion(SHIPPED, is_shipped=True),)),
    StoredRecipe(
        "film",
        (StoredVersion(SECOND, "ada", MOMENT, "finer"), StoredVersion(FIRST, "mei", MOMENT)),
        RecipeLock("mei", MOMENT),
    ),
)
STATE = listed(RecipesState(chosen=SECOND), LIBRARY, FIRST)


def test_a_version_that_is_gone_gives_way_to_the_one_in_use() -> None:
    assert STATE.chosen == SECOND
    gone = RecipesState(chosen=VersionId("film", 9))
    assert listed(gone, LIBRARY, FIRST).chosen == FIRST
    assert listed(gone, LIBRARY, VersionId("lost", 1)).chosen == SHIPPED


def test_a_version_is_compared_with_the_one_before_it() -> None:
    assert STATE.compared_with == FIRST
    assert chose(STATE, FIRST).compared_with == SHIPPED


def test_drafts_belong_to_their_version() -> None:
    state = chose(drafted(STATE, {("a",): "1"}), FIRST)
    assert discarded(state).drafts == {SECOND: {("a",): "1"}}
    assert discarded(chose(state, SECOND)).drafts == {}


def test_a_heading_says_who_why_and_how_it_stands() -> None:
    text = origin_text(STATE, Recipe())
    assert text.startswith("saved by ada, 2026-03-04 ")
    assert "finer" in text
    assert Recipe().sha256[:16] in text
    assert standing_text(STATE, 0, 0) == "Locked by mei: fork it to change it"
    assert standing_text(chose(STATE, FIRST), 2, 0).startswith("In use on this station  ·  Locked by mei")
    assert standing_text(chose(STATE, SHIPPED), 2, 1) == "1 field is not right yet"
    assert standing_text(chose(STATE, SHIPPED), 1, 0) == "1 change is not saved"


def test_differences_are_counted_in_words() -> None:
    assert difference_text(1, FIRST, SECOND) == "1 parameter differs."
    assert (
        difference_text(0, FIRST, SECOND)
        == "film, version 1 and film, version 2 measure, train and group alike."
    )
    assert difference_text(0, FIRST, FIRST).startswith("Choose another version")


def test_what_if_says_what_flips_and_what_does_not() -> None:
    record = ImageRecord(Path("/a.png"), "a.png", 0, "0" * 64, (8, 8), 8, 8)
    flip = Flip(ImageId(1), record, Opinion(OK, 0.1, b""), Opinion(NG, 0.9, b""))
    quiet = WhatIf(LotId(1), FIRST, SECOND, {(OK, OK): 3}, failed=1)
    assert what_if_text(quiet, "W17", None).splitlines() == [
        "None of 3 images of “W17” would get another verdict.",
        "1 image could not be measured.",
    ]
    loud = WhatIf(LotId(1), FIRST, SECOND, {(OK, NG): 1, (NG, NG): 1}, reused=2, flips=(flip,))
    lines = what_if_text(loud, "W17", (OK, NG)).splitlines()
    assert lines[0] == "1 of 2 images of “W17” would get another verdict."
    assert lines[1] == "2 of 4 results came from stored runs."
    assert lines[2].startswith("Shown: OK by A, NG by B.")
    renamed = Flip(ImageId(2), record, Opinion(NG, 0.8, b"", "bridge"), Opinion(NG, 0.9, b"", "void"))
    both = WhatIf(LotId(1), FIRST, SECOND, {(OK, NG): 1, (NG, NG): 1}, flips=(flip, renamed))
    assert what_if_text(both, "W17", None).splitlines()[:2] == [
        "1 of 2 images of “W17” would get another verdict.",
        "1 would keep the verdict and get another class.",
    ]
