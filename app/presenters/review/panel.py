"""Fills the decision panel for one item."""

from collections.abc import Mapping
from dataclasses import replace

from app.presenters.review.decisions import accept_words, can_decide, judgement_words, suggested_class
from app.presenters.review.services import ReviewServices
from app.presenters.review.text import band_of, history_lines, model_text, thresholds_text
from app.theme import Palette
from app.views.review.decision_panel import DecisionPanel
from core.domain.decisions import UNDECIDED, DefectClass
from core.domain.ids import ClassId, LotId
from core.domain.lots import FailedImage, ImageRecord
from core.domain.review import ReviewItem


class PanelPresenter:
    """Shows what model and engineer say of an item."""

    def __init__(self, services: ReviewServices, panel: DecisionPanel, palette: Palette) -> None:
        self._services, self._panel, self._palette = services, panel, palette

    def show_item(
        self, lot_id: LotId | None, item: ReviewItem | None, classes: Mapping[ClassId, DefectClass]
    ) -> None:
        """Show an item, or that there is none."""
        self._panel.set_enabled(can_decide(item))
        self._panel.verdicts.set_accept(accept_words(item, classes))
        self._show_model(item)
        self._show_suggestion(item, classes)
        self._show_regions(item)
        judgement = UNDECIDED if item is None else item.judgement
        color = self._palette.of_verdict(judgement.verdict)
        words = judgement_words(replace(judgement, note=""), classes)  # the note has a field of its own
        self._panel.set_judgement(judgement, words, color)
        made = () if item is None or lot_id is None else self._services.list_decisions(item.image_id)
        self._panel.set_history(history_lines(made, classes))

    def _show_model(self, item: ReviewItem | None) -> None:
        detection = None if item is None else item.detection
        self._panel.set_band(band_of(detection), thresholds_text(detection))
        if item is None:
            self._panel.set_model_word("–", self._palette.muted, "")
        elif isinstance(item.record, FailedImage):
            self._panel.set_model_word("Unreadable", self._palette.failed, "")
        else:
            word, score = model_text(item.detection)
            measured = item.detection is not None
            color = self._palette.of_model_verdict(item.detection.verdict) if item.detection else ""
            self._panel.set_model_word(word, color if measured else self._palette.muted, score)

    def _show_suggestion(self, item: ReviewItem | None, classes: Mapping[ClassId, DefectClass]) -> None:
        suggestion = item.detection.suggestion if item and item.detection else None
        if suggestion is None:
            self._panel.suggestion.set_suggestion("", "", self._palette.muted)
            return
        named = suggested_class(item, classes)
        words = named.name if named else f"{suggestion.name} (new)"
        color = named.color if named else self._palette.muted
        self._panel.suggestion.set_suggestion(f"Suggested: {words}", f"{suggestion.confidence:.0%}", color)

    def _show_regions(self, item: ReviewItem | None) -> None:
        regions = item.detection.regions if item and item.detection else ()
        size = item.record.pixel_size if item and isinstance(item.record, ImageRecord) else None
        self._panel.regions.set_regions(regions, size.nm if size else None)
