"""`residua history`: look after what is kept."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from core.cli.progress import TerminalContext
from core.domain.errors import UserError

NAME = "history"
HELP = "check, back up, restore, verify and search the history"
EXIT_FAULT = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommands."""
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    check = actions.add_parser("check", help="look for damage in the history and its stored results")
    check.add_argument("--repair", action="store_true", help="mend what can be mended")
    copy = actions.add_parser("backup", help="copy the history, which may be in use")
    copy.add_argument("--out", type=Path, metavar="FILE", help="default: a dated file in the folder backups")
    copy.add_argument("--keep", type=int, default=10, metavar="N", help="dated backups that stay (10)")
    restore = actions.add_parser("restore", help="put a backup in the history's place")
    restore.add_argument("file", type=Path, metavar="FILE")
    verify = actions.add_parser("verify", help="walk along the audit chain")
    verify.add_argument("--head", metavar="HASH", help="audit head of a report: it must be in the chain")
    search = actions.add_parser("search", help="find images of all lots")
    search.add_argument(
        "words",
        nargs="+",
        metavar="WORD",
        help="a word, or lot: image: class: note: reviewer: recipe: verdict: after: before: with a value",
    )
    search.add_argument("--most", type=int, default=100, metavar="N", help="hits that are listed (100)")
    moved = actions.add_parser("relocate", help="find the moved images of a lot by what is in them")
    moved.add_argument("lot", metavar="LOT", help="a lot's name, or the path it was opened from")
    moved.add_argument("folder", type=Path, metavar="FOLDER", help="where the images lie now")


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked for; 1 where the history is not what it should be."""
    actions: dict[str, Callable[[argparse.Namespace], bool]] = {
        "check": _check,
        "backup": _back_up,
        "restore": _restore,
        "verify": _verify,
        "search": _search,
        "relocate": _relocate,
    }
    return 0 if actions[arguments.action](arguments) else EXIT_FAULT


def _check(arguments: argparse.Namespace) -> bool:
    from core.services.history_care import check_home

    found = check_home(TerminalContext(), repair=arguments.repair)
    for sentence in found.repaired:
        print(sentence)
    for sentence in found.faults:
        print(sentence)
    if found.is_sound:
        print(f"sound: schema {found.schema}, {found.audit.rows if found.audit else 0} audit rows")
    else:
        print(f"not sound. {found.advice}")
    return found.is_sound


def _back_up(arguments: argparse.Namespace) -> bool:
    from core.services.history_care import back_up_home

    print(f"backup written to {back_up_home(arguments.out, keep=arguments.keep)}")
    return True


def _restore(arguments: argparse.Namespace) -> bool:
    from core.services.history_care import restore_home

    replaced = restore_home(arguments.file)
    print(f"restored {arguments.file}")
    if replaced is not None:
        print(f"the history that was there is kept as {replaced}")
    return True


def _verify(arguments: argparse.Namespace) -> bool:
    from core.services.history_care import verify_home

    found = verify_home(TerminalContext(), arguments.head)
    if found.ok:
        print(f"{found.rows} audit rows hold; head {found.head_sha256}")
    else:
        print(f"{found.reason} {found.rows} rows before it hold, up to {found.head_sha256}.")
    return found.ok


def _search(arguments: argparse.Namespace) -> bool:
    from core.services.history_search import search_history
    from core.services.workspace import Workspace

    # The shell took the quotes away from what has spaces.
    text = " ".join(_quoted(word) for word in arguments.words)
    with Workspace.open() as workspace:
        found = search_history(workspace, text, TerminalContext(), arguments.most)
    for hit in found.hits:
        said = (hit.verdict or "undecided", hit.class_name, hit.reviewer, hit.note)
        print("\t".join((hit.lot_name, hit.image_name, *said)))
    print(f"{len(found.hits)} of {found.total} images", file=sys.stderr)
    return True


def _quoted(word: str) -> str:
    key, mark, value = word.partition(":")
    if " " not in word or '"' in word:
        return word
    return f'{key}:"{value}"' if mark and " " not in key else f'"{word}"'


def _relocate(arguments: argparse.Namespace) -> bool:
    from core.services.history_search import relocate_lot
    from core.services.workspace import Workspace

    with Workspace.open() as workspace:
        lot_id = workspace.history.find_lot(arguments.lot)
        if lot_id is None:
            raise UserError(
                f"There is no lot “{arguments.lot}”.", "residua history search lot:NAME finds it."
            )
        found = relocate_lot(workspace, lot_id, arguments.folder, TerminalContext())
    for name in found.missing:
        print(f"missing: {name}")
    print(f"{found.found} images found in their new place, {found.in_place} were where they had been")
    return not found.missing
