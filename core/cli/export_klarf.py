"""`residua export --format klarf`: decisions back into the KLARF that the lot came from."""

import argparse
from typing import TYPE_CHECKING

from core.domain.errors import UserError
from core.domain.ids import LotId
from core.jobs import JobContext

if TYPE_CHECKING:
    from core.services.workspace import Workspace


def add_klarf_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said of a KLARF beside its lot and file."""
    klarf = parser.add_argument_group("only with --format klarf")
    klarf.add_argument(
        "--columns",
        nargs="+",
        metavar="COLUMN",
        help="where the classes go: CLASSNUMBER (the default), MANSEMCLASS, FINEBINNUMBER, ROUGHBINNUMBER, …",
    )
    klarf.add_argument(
        "--defects", choices=("all", "decided", "classified"), default="all", help="leave the others out"
    )
    klarf.add_argument(
        "--annotate",
        action="store_true",
        help="add the reviewer's class (MANSEMCLASS), the model's (AUTOOFFSEMCLASS) and the score (RESIDUASCORE); "
        "CLASSNUMBER is left alone unless --columns names it",
    )
    klarf.add_argument("--in-place", action="store_true", help="FILE may be the lot's own KLARF")
    klarf.add_argument("--preview", action="store_true", help="print what would change, and write nothing")


def export_klarf(
    workspace: "Workspace", lot_id: LotId, arguments: argparse.Namespace, ctx: JobContext
) -> None:
    """Write the lot's decisions, or print what would change.

    Raises:
        UserError: the lot did not come from a KLARF, or the file cannot be written.
    """
    from core.services.klarf.writing import DEFAULT_COLUMNS, plan_klarf, write_klarf

    if arguments.mask_identifiers:
        raise UserError("A KLARF is written as it came; its identifiers cannot be masked.")
    default = () if arguments.annotate else DEFAULT_COLUMNS
    columns = [name.upper() for name in arguments.columns or default]
    change = plan_klarf(
        workspace, lot_id, ctx, columns=columns, defects=arguments.defects, annotate=arguments.annotate
    )
    if arguments.preview:
        print("\n".join(change.lines()) or "nothing would change")
    else:
        path = write_klarf(workspace, change, arguments.out, ctx, in_place=arguments.in_place)
        print(f"KLARF written to {path}")
    print(change.summary())
