"""`residua history`: look after what is kept."""

import argparse
from collections.abc import Callable
from pathlib import Path

from core.cli.progress import TerminalContext

NAME = "history"
HELP = "check, back up, restore and verify the history"
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


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked for; 1 where the history is not what it should be."""
    actions: dict[str, Callable[[argparse.Namespace], bool]] = {
        "check": _check,
        "backup": _back_up,
        "restore": _restore,
        "verify": _verify,
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
