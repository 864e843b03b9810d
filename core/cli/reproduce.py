"""`residua reproduce`: a decision's detection, run again."""

import argparse

from core.cli.arguments import add_device
from core.cli.progress import TerminalContext
from core.domain.detections import Detection
from core.domain.ids import DecisionId
from core.domain.reproduction import SAME_SCORE, Reproduction
from core.domain.words import MODEL_WORDS

NAME = "reproduce"
HELP = "run again what a decision rests on, and say whether the score is the same"
EXIT_DIFFERENT = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "decision", type=int, metavar="DECISION", help="number of a decision, as reports list it"
    )
    add_device(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print both scores; 1 when they differ."""
    from core.services.reproduce import reproduce_decision
    from core.services.workspace import Workspace

    with Workspace.open() as workspace:
        found = reproduce_decision(
            workspace, DecisionId(arguments.decision), arguments.device, TerminalContext()
        )
    print("\n".join(_lines(found)))
    return 0 if found.agrees else EXIT_DIFFERENT


def _lines(found: Reproduction) -> list[str]:
    decision, shown = found.decision, found.run
    outcome = "the same" if found.agrees else "NOT the same"
    when = f"{decision.decided_at_utc:%Y-%m-%d %H:%M:%S} UTC"
    return [
        f"decision {decision.id} on {found.then.image_name}, by {decision.reviewer} at {when}",
        f"recipe   {shown.recipe_name}, version {shown.recipe_version}, SHA-256 {decision.recipe_sha256}",
        f"model    {shown.model_id}, SHA-256 {decision.model_sha256}",
        f"then     {_words(found.then)}, Residua {shown.app_version}, {shown.device}",
        f"now      {_words(found.now)}, Residua {found.app_version}, {found.device}",
        f"The score is {outcome}: it differs by {found.difference:.2g}, and up to {SAME_SCORE:g} is allowed.",
    ]


def _words(detection: Detection) -> str:
    verdict = "no verdict" if detection.verdict is None else MODEL_WORDS[detection.verdict]
    return f"score {detection.score:.6f}, {verdict}"
