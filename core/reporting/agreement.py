"""How often two reviewers say the same of one image."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence, Set

from core.domain.decisions import Decision, Verdict
from core.domain.ids import ImageId

Vote = tuple[Verdict, Verdict]


def paired_votes(decisions: Sequence[Decision], of_lot: Set[ImageId]) -> Iterator[Vote]:
    """The verdicts of the two reviewers who judged an image last; what was undone was not said."""
    undone = {made.undo_of for made in decisions}
    said: dict[ImageId, dict[str, Verdict]] = defaultdict(dict)
    for made in decisions:
        if (
            made.id not in undone
            and made.undo_of is None
            and made.after.verdict is not None
            and made.image_id in of_lot
        ):
            said[made.image_id].pop(made.reviewer, None)
            said[made.image_id][made.reviewer] = made.after.verdict
    for verdicts in said.values():
        if len(verdicts) > 1:
            one, other = list(verdicts.values())[-2:]
            yield one, other


def kappa(votes: Sequence[Vote]) -> float | None:
    """Agreement beyond chance: (observed - chance) / (1 - chance); None without votes, or where chance is sure.

    Source:
        Cohen 1960.
    """
    if not votes:
        return None
    first, second = Counter(one for one, _ in votes), Counter(other for _, other in votes)
    chance = sum(first[verdict] * second[verdict] for verdict in Verdict) / len(votes) ** 2
    observed = sum(one is other for one, other in votes) / len(votes)
    return None if chance == 1 else (observed - chance) / (1 - chance)
