"""`residua quality`: how good the machine's word and the reviewers' agreement are."""

import argparse

NAME = "quality"
HELP = "quality figures of a lot's review, and the draw of its escape audit"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("lot", metavar="LOT", help="a lot's name, or the path it was opened from")
    parser.add_argument(
        "--draw", type=int, default=0, metavar="N", help="list the next N images of the escape audit"
    )


def run(arguments: argparse.Namespace) -> None:
    """Print the figures, and what is to be looked at next."""
    from core.domain.errors import UserError
    from core.services.quality import measure_lot_quality, next_draws, quality_lines
    from core.services.workspace import Workspace

    with Workspace.open() as workspace:
        lot_id = workspace.history.find_lot(arguments.lot)
        if lot_id is None:
            raise UserError(
                f"There is no lot “{arguments.lot}”.", "residua history search lot:NAME finds it."
            )
        found = measure_lot_quality(workspace, lot_id)
        draws = next_draws(workspace, lot_id, arguments.draw)
    for name, figure, formula in quality_lines(found):
        print(f"{name:20} {figure:42} {formula}")
    for line in found.classes:
        print(f"{line.name:20} purity {line.purity}; accuracy {line.accuracy}")
    for item in draws:
        print(f"look at: {item.record.name}")
