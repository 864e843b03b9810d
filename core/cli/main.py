"""Parse, dispatch, and turn errors into sentences and exit codes."""

import argparse
import logging
import signal
import sys
from collections.abc import Callable, Sequence

from core.cli import benchmark, calibrate, demo, detect, discover, export, history, quality, reproduce, train
from core.cli.progress import STOP_SIGNALS
from core.domain.errors import JobCancelled, UserError

EXIT_OK, EXIT_NOTHING_DONE, EXIT_INTERRUPTED = 0, 2, 130

_MODULES = (detect, discover, export, history, quality, reproduce, demo, train, calibrate, benchmark)
COMMANDS: tuple[str, ...] = tuple(module.NAME for module in _MODULES)
"""Words that mean a command; any other first word is a lot to open in the window."""


def main(argv: Sequence[str]) -> int:
    """Run a command.

    Returns:
        0; 1 when what was looked into does not hold; 2 when nothing could be done; 130 when it was interrupted.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    arguments = _parser().parse_args(argv)
    run: Callable[[argparse.Namespace], int | None] = arguments.run
    handlers = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    try:
        return run(arguments) or EXIT_OK
    except UserError as error:
        print(f"residua: {error}", file=sys.stderr)
        return EXIT_NOTHING_DONE
    except (JobCancelled, KeyboardInterrupt):
        print("residua: interrupted; what was written stays", file=sys.stderr)
        return EXIT_INTERRUPTED
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="residua",
        description="Review station for SEM defect images. Without a command it opens the window; "
        "residua LOT opens it on a lot.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in _MODULES:
        sub = commands.add_parser(module.NAME, help=module.HELP, description=module.HELP)
        module.add_arguments(sub)
        sub.set_defaults(run=module.run)
    return parser
