"""Looking after the history: check, back up, restore, and prove that nobody changed it."""

from dataclasses import replace
from pathlib import Path

from core.history.audit import AuditReport
from core.history.backup import BACKUP_FOLDER, BACKUPS_KEPT, back_up, restore, save_copy
from core.history.health import HealthReport, check_history, repair_history, verify_file
from core.history.migrations import MIGRATIONS
from core.jobs import JobContext
from core.services.workspace import HISTORY_FILE, MAPS_FOLDER, default_home


def check_home(ctx: JobContext, *, repair: bool = False, home: Path | None = None) -> HealthReport:
    """Check the history and every stored result of a home folder.

    Args:
        repair: mend what can be mended, and check again.
        home: None takes the one in force.

    Raises:
        UserError: there is no history; or, to repair, a program has it open.
    """
    home = home or default_home()
    file, maps = home / HISTORY_FILE, home / MAPS_FOLDER
    ctx.report(0, 0, "Checking the history")
    found = check_history(file, maps, ctx.check)
    if not repair:
        return found
    done = repair_history(file, maps, found)
    return replace(check_history(file, maps, ctx.check), repaired=done)


def back_up_home(out: Path | None = None, *, keep: int = BACKUPS_KEPT, home: Path | None = None) -> Path:
    """Copy the history, which may be in use.

    Args:
        out: the copy; None writes a dated one into the home's folder of backups, where `keep` stay.

    Raises:
        UserError: there is no history, or the copy cannot be written.
    """
    home = home or default_home()
    if out is None:
        return back_up(home / HISTORY_FILE, home / BACKUP_FOLDER, keep)
    save_copy(home / HISTORY_FILE, out)
    return out


def restore_home(backup: Path, *, home: Path | None = None) -> Path | None:
    """Put a backup in the history's place; where the one that was there lies now.

    Raises:
        UserError: it is no backup, a damaged one or a newer program's; or a program has the history open.
    """
    return restore(backup, (home or default_home()) / HISTORY_FILE, len(MIGRATIONS))


def verify_home(ctx: JobContext, head_sha256: str | None = None, *, home: Path | None = None) -> AuditReport:
    """Walk the audit chain of a history, which may be in use.

    Args:
        head_sha256: the audit head of a report; it must still be part of the chain.

    Raises:
        UserError: there is no history, or one of an older program that was never opened with this one.
    """
    ctx.report(0, 0, "Walking along the audit chain")
    return verify_file((home or default_home()) / HISTORY_FILE, head_sha256, ctx.check)
