"""What the thresholds dialog says."""

import pytest

from app.presenters.thresholds.state import effect_text, notes_text
from core.domain.detections import ModelVerdict
from core.domain.recipes import Recipe
from core.domain.thresholds import ThresholdProposal, VerdictChanges

OK, UNKNOWN, NG = ModelVerdict.OK, ModelVerdict.UNKNOWN, ModelVerdict.NG
CHANGES = VerdictChanges(30, 2, {(NG, OK): 1, (OK, UNKNOWN): 3})


@pytest.mark.parametrize(
    ("changes", "name", "words"),
    [
        (VerdictChanges(), "", "No lot is open"),
        (VerdictChanges(0, 5), "W17", "nothing to compare"),
        (VerdictChanges(30), "W17", "None of 30 measured images of “W17” would get another verdict."),
        (
            CHANGES,
            "W17",
            "4 of 30 measured images of “W17” would get another verdict: 3 from OK to Unknown, 1 from NG to OK.",
        ),
    ],
)
def test_the_effect_is_counted_and_named(changes: VerdictChanges, name: str, words: str) -> None:
    assert words in effect_text(changes, name)


def test_the_notes_name_who_should_be_looked_at_again() -> None:
    suspects = tuple(f"site_{number}.png" for number in range(6))
    proposal = ThresholdProposal(Recipe(), (0.4, 0.6), (0.3, 0.5), (0.1,) * 25, suspects, 2, CHANGES)
    assert notes_text(proposal) == (
        "25 images were measured. 2 could not be used. Look again, NG among the defect-free: "
        "site_0.png, site_1.png, site_2.png, site_3.png and 2 more. "
        "2 images of the lot were measured otherwise."
    )
