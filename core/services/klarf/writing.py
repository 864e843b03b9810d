"""Decisions of a KLARF lot, written back into its KLARF: what was planned changes, and nothing else."""

import os
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from core.domain.errors import UserError
from core.domain.lots import Lot
from core.jobs import JobContext
from core.klarf import is_klarf
from core.klarf.splice import spliced
from core.services.klarf.lots import read_klarf_lot
from core.services.klarf.planning import DEFAULT_COLUMNS, DefectChoice, KlarfChange, plan_klarf
from core.services.workspace import Workspace

__all__ = ["DEFAULT_COLUMNS", "DefectChoice", "KlarfChange", "plan_klarf", "write_klarf"]


def write_klarf(
    workspace: Workspace, change: KlarfChange, out: Path, ctx: JobContext, *, in_place: bool = False
) -> Path:
    """Write a planned change to a file, whole or not at all.

    Args:
        change: of `plan_klarf`.
        out: the file; its folder is made when it is not there.
        in_place: allows `out` to be the lot's own KLARF, which is then read into the history again.

    Raises:
        UserError: it cannot be written, or it is the lot's own KLARF and that was not asked for.
        JobCancelled: before anything was written.
    """
    is_source = out.exists() and out.samefile(change.source)
    if is_source and not in_place:
        raise UserError(f"{out} is the lot's own KLARF.", "Choose another file, or ask for --in-place.")
    if out.exists() and not is_source and not is_klarf(out):
        raise UserError(f"{out} is there and is no KLARF.", "Choose another file.")
    ctx.check()
    if is_source and change.source.read_bytes() != change.klarf.source.raw:
        raise UserError(
            f"{out.name} has been changed by another program meanwhile.", "Look at the change again."
        )
    _replace(out, spliced(change.klarf.source, change.splices))
    if is_source:
        workspace.history.add_lot(_read_again(workspace, change))
    return out


def _read_again(workspace: Workspace, change: KlarfChange) -> Lot:
    """A lot whose file was just written in place; it is too late to stop.

    What the file said of the defects' classes before goes on to stand in the history: our own decisions, read back as
    the file's word, would agree with themselves in every quality figure.
    """
    lot = read_klarf_lot(change.source, JobContext())
    known = workspace.history.find_lot(str(change.source))
    before = None if known is None else workspace.history.sites(known)
    if lot.sites is None or before is None or len(before.defects) != len(lot.sites.defects):
        return lot  # a file of some of its defects: which one was which is not told any more
    defects = replace(lot.sites.defects, class_numbers=before.defects.class_numbers)
    return replace(lot, sites=replace(lot.sites, defects=defects))


def _replace(out: Path, content: bytes) -> None:
    partial = out.with_name(f".{uuid4().hex}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(out)
    except OSError as error:
        hint = "Choose a folder that you may write to."
        raise UserError(f"The KLARF {out} cannot be written: {error.strerror}.", hint) from error
    finally:
        partial.unlink(missing_ok=True)
