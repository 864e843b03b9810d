"""What a report says of the lot as a whole, as pairs: one wording for every format that is no web page."""

from core.domain.dispositions import Signature
from core.domain.words import DISPOSITION_WORDS, VERDICT_WORDS
from core.reporting.lot_report import LotReport
from core.reporting.rows import utc_text
from core.reporting.totals import LotTotals

COUNT_NAMES = (
    "images",
    "ng",
    "unknown",
    "ok",
    "failed",
    "unreadable",
    "not_run",
    "decided",
    "undecided",
    "open",
    "killers",
    "classified",
)
_COUNT_WORDS = {"ng": "NG", "ok": "OK", "not_run": "Not run", "open": "Flagged and undecided"}


def named_counts(totals: LotTotals) -> dict[str, int]:
    """The headline counts by name, and `verdict_real` and so on."""
    counts = {name: getattr(totals, name) for name in COUNT_NAMES}
    return counts | {f"verdict_{verdict.value}": images for verdict, images in totals.verdicts}


def count_lines(totals: LotTotals) -> list[tuple[str, int]]:
    """The headline counts in words."""
    lines = [(_COUNT_WORDS.get(name, name.capitalize()), getattr(totals, name)) for name in COUNT_NAMES]
    verdicts = [(f"Verdict: {VERDICT_WORDS[verdict]}", images) for verdict, images in totals.verdicts]
    return lines + verdicts


def provenance_lines(report: LotReport) -> list[tuple[str, str]]:
    """Where the report comes from and what proves it."""
    fault = report.audit_fault or "every row holds"
    return [
        ("Lot", report.lot_name),
        ("Source", str(report.lot_source)),
        ("Generated (UTC)", utc_text(report.generated_at_utc)),
        ("By", report.reviewer),
        ("With", f"Residua {report.app_version}"),
        ("Audit chain", fault),
        ("Audit head", report.audit_head),
    ]


DISPOSITION_HEAD = ("Of", "Disposition", "Reason", "Owner", "Due", "Signed", "Countersigned")


def disposition_lines(report: LotReport) -> list[tuple[str, ...]]:
    """What becomes of the lot and its wafers; without a second signature it is not in force, which the line says."""
    return [
        (
            f"Wafer {one.given.wafer}" if one.given.wafer else "Lot",
            DISPOSITION_WORDS[one.given.word],
            one.given.reason,
            one.given.owner,
            "" if one.given.due is None else one.given.due.isoformat(),
            _signed(one.signed),
            "awaited: not in force" if one.countersigned is None else _signed(one.countersigned),
        )
        for one in report.dispositions
    ]


def _signed(signature: Signature) -> str:
    return f"{signature.reviewer}, {utc_text(signature.at_utc)}"
