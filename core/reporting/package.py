"""The ZIP: every report of a lot in one file, with a manifest by which a changed file shows."""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC
from pathlib import Path
from typing import Any, TypeAlias

from core.jobs import JobContext
from core.reporting.files import replacing_file
from core.reporting.lot_report import LotReport
from core.reporting.rows import utc_text
from core.reporting.summary import DISPOSITION_HEAD, disposition_lines, named_counts

MANIFEST = "manifest.json"
Member: TypeAlias = Callable[[Path], None]
"""Writes one file of the package to the path that it is given."""


def write_package(report: LotReport, members: Mapping[str, Member], out: Path, ctx: JobContext) -> None:
    """Write a ZIP of the members, the recipes and the manifest, which names size and SHA-256 of all others.

    Raises:
        UserError: the file cannot be written.
        JobCancelled: the owner cancelled; nothing is left behind.
    """
    with tempfile.TemporaryDirectory() as folder, replacing_file(out) as file:
        listed = {}
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, write in ctx.track(list(members.items()), "Writing ZIP"):
                write(Path(folder) / name)
                listed[name] = _put(archive, name, (Path(folder) / name).read_bytes(), report)
            for name, content in _recipes(report).items():
                listed[name] = _put(archive, name, content, report)
            _put(archive, MANIFEST, _manifest(report, listed), report)


def _recipes(report: LotReport) -> dict[str, bytes]:
    return {f"recipes/{run.recipe_sha256}.json": run.recipe_json.encode() for run in report.runs}


def _manifest(report: LotReport, listed: Mapping[str, Mapping[str, Any]]) -> bytes:
    content = {
        "lot": report.lot_name,
        "generated_at_utc": utc_text(report.generated_at_utc),
        "by": report.reviewer,
        "app_version": report.app_version,
        "audit_head": report.audit_head,
        "audit_fault": report.audit_fault,
        "totals": named_counts(report.totals),
        "dispositions": [
            dict(zip(DISPOSITION_HEAD, line, strict=True)) for line in disposition_lines(report)
        ],
        "files": listed,
    }
    return json.dumps(content, indent=2, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def _put(archive: zipfile.ZipFile, name: str, content: bytes, report: LotReport) -> dict[str, Any]:
    entry = zipfile.ZipInfo(name, report.generated_at_utc.astimezone(UTC).timetuple()[:6])
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    archive.writestr(entry, content)
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
