"""`residua export`: a lot's report."""

import argparse
from pathlib import Path

from core.cli.export_klarf import add_klarf_arguments, export_klarf
from core.cli.progress import TerminalContext

NAME = "export"
HELP = "export the report of a lot"
FORMATS = ("csv", "xlsx", "html", "pdf", "coco", "zip", "klarf")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("lot", metavar="LOT", help="a lot's name, or the path of its folder or file")
    parser.add_argument("--format", required=True, choices=FORMATS, dest="file_format")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    parser.add_argument(
        "--mask-identifiers", action="store_true", help="names of lot and images become keyed hashes"
    )
    add_klarf_arguments(parser)


def run(arguments: argparse.Namespace) -> None:
    """Load the lot when it is new, and write its report."""
    from core.domain.errors import UserError
    from core.services.lots import find_or_open_lot
    from core.services.reports import export_lot
    from core.services.workspace import Workspace

    if arguments.mask_identifiers and arguments.file_format == "klarf":
        raise UserError("A KLARF cannot be masked.", "Its names are what a yield system knows a wafer by.")
    ctx = TerminalContext()
    with Workspace.open() as workspace:
        lot_id = find_or_open_lot(workspace, arguments.lot, ctx)
        if arguments.file_format == "klarf":
            export_klarf(workspace, lot_id, arguments, ctx)
            return
        path = export_lot(
            workspace,
            lot_id,
            arguments.file_format,
            arguments.out,
            ctx,
            mask=arguments.mask_identifiers,
        )
    print(f"report written to {path}")
