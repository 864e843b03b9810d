"""`residua quality`: how good the machine's word and the reviewers' agreement are."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.cli.progress import TerminalContext

if TYPE_CHECKING:
    from core.services.quality import Confusion

NAME = "quality"
HELP = "quality figures of a lot's review, the draw of its escape audit, and where the model is least sure"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("lot", metavar="LOT", help="a lot's name, or the path it was opened from")
    parser.add_argument(
        "--draw", type=int, default=0, metavar="N", help="list the next N images of the escape audit"
    )
    parser.add_argument(
        "--nearest",
        type=int,
        default=0,
        metavar="N",
        help="list the N undecided images nearest to a threshold",
    )


def run(arguments: argparse.Namespace) -> None:
    """Print the figures, and what is to be looked at next."""
    from core.domain.errors import UserError
    from core.services.quality import quality_lines, read_review_quality
    from core.services.workspace import Workspace

    listed = max(0, arguments.draw, arguments.nearest)
    with Workspace.open() as workspace:
        lot_id = workspace.history.find_lot(arguments.lot)
        if lot_id is None:
            raise UserError(
                f"There is no lot “{arguments.lot}”.", "residua history search lot:NAME finds it."
            )
        found = read_review_quality(workspace, lot_id, TerminalContext(), listed=listed)
    for name, figure, formula in quality_lines(found.quality):
        print(f"{name:20} {figure:42} {formula}")
    for line in found.quality.classes:
        print(
            f"{line.name:20} purity {line.purity}; accuracy {line.accuracy}; contribution {line.contribution}"
        )
    for title, met in (
        ("reviewer \\ model", found.quality.verdicts),
        (f"reviewer \\ {found.quality.class_source}", found.quality.class_confusion),
    ):
        for row in _confusion_lines(title, met):
            print(row)
    for item in found.draws[: arguments.draw]:
        print(f"look at: {item.record.name}")
    for item in found.nearest[: arguments.nearest]:
        print(f"nearest: {item.record.name}")


def _confusion_lines(title: str, met: "Confusion | None") -> Iterator[str]:
    """A tab-separated table."""
    if met is None:
        return
    yield "\t".join((title, *met.columns, "sum"))
    yield from ("\t".join(line) for line in met.lines())
