"""`residua export`: a lot's report."""

import argparse
from pathlib import Path

from core.cli.progress import TerminalContext

NAME = "export"
HELP = "export the report of a lot"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("lot", metavar="LOT", help="a lot's name, or the path of its folder or file")
    parser.add_argument("--format", required=True, choices=("csv", "html"), dest="file_format")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")


def run(arguments: argparse.Namespace) -> None:
    """Load the lot when it is new, and write its report."""
    from core.services.lots import find_or_open_lot
    from core.services.reports import export_lot
    from core.services.workspace import Workspace

    ctx = TerminalContext()
    with Workspace.open() as workspace:
        lot_id = find_or_open_lot(workspace, arguments.lot, ctx)
        path = export_lot(workspace, lot_id, arguments.file_format, arguments.out, ctx)
    print(f"report written to {path}")
