"""The quality of a review in words and cells."""

from collections.abc import Sequence

from app.views.quality.figures import Figure
from core.domain.review import ReviewItem
from core.services.quality import NOT_MEASURED, Confusion, EscapeAudit, LotQuality, Share

FIGURES = 5


def figures_of(quality: LotQuality) -> tuple[Figure, ...]:
    """The cards, FIGURES in all."""
    agreement = _share_figure(
        "Reviewer agreement",
        quality.agreement,
        "same verdict / images that two people judged",
        "no image was judged by two people",
    )
    return (
        _share_figure(
            "Purity of NG",
            quality.purity,
            "real / decided real, nuisance or false, of those called NG",
            "no image called NG is decided",
        ),
        _share_figure(
            "Accuracy",
            quality.accuracy,
            "flagged / real, of the decided images",
            "no measured image is decided to be real",
        ),
        _share_figure(
            "Reject rate", quality.reject_rate, "called Unknown / measured", "no image is measured"
        ),
        _with_kappa(agreement, quality.kappa),
        _capture_figure(quality.escapes),
    )


def share_text(share: Share) -> str:
    """A share for a table's cell: two short lines."""
    if share.value is None or share.interval is None:
        return NOT_MEASURED
    return f"{_percent(share.value)}  ({share.hits} of {share.trials})\n{_interval_text(share.interval)}"


def confusion_lines(met: Confusion) -> tuple[list[list[str]], list[list[float | None]]]:
    """Cells of a confusion, each row's name first and its sum last; and the shares of each row."""
    lines, shares = [], []
    for name, counts in zip(met.rows, met.counts, strict=True):
        total = sum(counts)
        cells = [Share(count, total) for count in counts]
        lines.append([name, *map(_cell_text, cells), str(total)])
        shares.append([cell.value for cell in cells])
    return lines, shares


def class_lines(quality: LotQuality) -> list[list[str]]:
    """Cells of the table of classes."""
    return [
        [line.name, *(share_text(share) for share in (line.purity, line.accuracy, line.contribution))]
        for line in quality.classes
    ]


def audit_text(escapes: EscapeAudit) -> str:
    """What the draw says so far, and what it is."""
    if not escapes.passed:
        return "Nothing to draw from: the model passed no image."
    return (
        f"{escapes.drawn:,} of {escapes.passed:,} passed images judged, {escapes.escapes:,} real. The order is "
        "random and nobody's choice; judge from the top, without a gap."
    )


def nearest_text(total: int) -> str:
    """What the list is."""
    if not total:
        return "No undecided image has a score."
    return "Undecided images, those with a score nearest to a threshold first."


def image_rows(items: Sequence[ReviewItem]) -> list[tuple[int, str]]:
    """Id and words of images in a list."""
    return [(item.image_id, _image_text(item)) for item in items]


def about_text(lot_name: str, quality: LotQuality) -> str:
    """What the figures rest on."""
    judged = 0 if quality.verdicts is None else sum(map(sum, quality.verdicts.counts))
    return (
        f"{lot_name}: {judged:,} of {quality.reject_rate.trials:,} measured images have a verdict. "
        "Bands are 95 % intervals (Wilson); what has no truth beside it is not measured."
    )


def _share_figure(name: str, share: Share, formula: str, missing: str) -> Figure:
    if share.value is None or share.interval is None:
        return Figure(name, NOT_MEASURED, None, f"{missing[0].upper()}{missing[1:]}.", formula)
    low, high = share.interval
    detail = f"{_interval_text(share.interval)} · {share.hits:,} of {share.trials:,}"
    return Figure(name, _percent(share.value), (low, share.value, high), detail, formula)


def _with_kappa(figure: Figure, kappa: float | None) -> Figure:
    if kappa is None:
        return figure
    return Figure(
        figure.name, figure.value, figure.interval, f"{figure.detail} · κ = {kappa:.2f}", figure.formula
    )


def _capture_figure(escapes: EscapeAudit) -> Figure:
    formula = "real flagged / all real, estimated from the draw"
    if escapes.capture is None:
        return Figure(
            "DOI capture", NOT_MEASURED, None, f"{escapes.reason[0].upper()}{escapes.reason[1:]}.", formula
        )
    low, estimate, high = escapes.capture
    detail = f"{_interval_text((low, high))} · {escapes.escapes:,} escaped among {escapes.drawn:,} drawn"
    return Figure("DOI capture", _percent(estimate), (low, estimate, high), detail, formula)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _interval_text(interval: tuple[float, float]) -> str:
    low, high = (100 * end for end in interval)
    return f"{low:.1f} – {high:.1f} %"


def _cell_text(share: Share) -> str:
    if not share.hits or share.interval is None:
        return str(share.hits)
    return f"{share.hits}\n{_interval_text(share.interval)}"


def _image_text(item: ReviewItem) -> str:
    detection = item.detection
    if detection is None or detection.score is None or detection.verdict is None:
        return item.record.name
    return f"{detection.score:.3f}   {item.record.name}"
