"""The quality screen: read again when it is looked at and something has changed."""

from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.engine import Engine
from app.events import ImagesDetected
from app.presenters.quality import text
from app.views.quality.view import CLASS_TABLE, CLASSES, VERDICTS, QualityView
from core.domain.ids import LotId
from core.services.quality import LotQuality, ReviewQuality, next_of_draw, read_review_quality

CLASS_HEAD = ("Class", "Purity", "Accuracy", "Contribution")
CLASS_CAPTION = (
    "Purity = right / all given the class by {source} · accuracy = right / all truly of it · "
    "contribution = of it / all classified"
)
NO_CLASSES = (
    "No image that was decided has a class by the lot's manifest, by its KLARF, or by a detector that learned "
    "classes."
)
CELL_WORDS = "Below each count is the interval of its share of the row."
NO_VERDICTS = "No image has both a verdict by a reviewer and one by the model."


@dataclass(frozen=True, slots=True)
class QualityState:
    """What is shown; `found` is None until it is read."""

    lot_id: LotId | None = None
    lot_name: str = ""
    found: ReviewQuality | None = None


class QualityPresenter(QObject):
    """Reads in the background; a lot that was left is not shown any more."""

    image_requested = Signal(int)  # ImageId
    nearest_requested = Signal(int)  # ImageId: the queue in the order of that list, from this image on

    def __init__(self, engine: Engine, view: QualityView, parent: QObject) -> None:
        super().__init__(parent)
        self._engine, self._view = engine, view
        self._state = QualityState()
        self._is_stale, self._is_shown = True, False
        engine.events.changed.connect(lambda change, _initiator: self._outdate(change))
        view.draws.image_requested.connect(self.image_requested)
        view.nearest.image_requested.connect(self.image_requested)
        view.draws.started.connect(self.go_to_next_draw)
        view.nearest.started.connect(self._start_with_nearest)
        view.say_instead("Quality", "Open a lot on the lots screen.")

    @property
    def state(self) -> QualityState:
        """What is shown now."""
        return self._state

    def set_shown(self, is_shown: bool, lot_id: LotId | None, lot_name: str) -> None:
        """The screen came to the front with a lot, or went to the back."""
        self._is_shown = is_shown
        if lot_id != self._state.lot_id:
            self._state = QualityState(lot_id, lot_name)
            self._is_stale = True
        self._refresh()

    def go_to_next_draw(self) -> None:
        """Ask for the next image of the escape audit's draw, as decisions are now; from any screen."""
        lot_id = self._state.lot_id
        if lot_id is None:
            return
        job = partial(next_of_draw, self._engine.workspace, lot_id)
        running = self._engine.quiet.start(job, title="Draw an image")
        running.failed.connect(self._engine.report_failure)
        running.succeeded.connect(self._on_drawn)

    def _start_with_nearest(self) -> None:
        if self._state.found is not None and self._state.found.nearest:
            self.nearest_requested.emit(self._state.found.nearest[0].image_id)

    def _on_drawn(self, image_id: object) -> None:
        if isinstance(image_id, int):
            self.image_requested.emit(image_id)
        else:
            self._engine.events.hinted.emit("The draw is judged to its end: no passed image is undecided.")

    def _outdate(self, change: object) -> None:
        self._is_stale = True
        if not isinstance(change, ImagesDetected):  # dozens a second; read once at the end of the run
            self._refresh()

    def _refresh(self) -> None:
        lot_id = self._state.lot_id
        if not (self._is_shown and self._is_stale) or lot_id is None:
            return
        self._is_stale = False
        if self._state.found is None:
            self._view.say_instead("Reading…", "Verdicts and decisions are being compared.")
        job = partial(read_review_quality, self._engine.workspace, lot_id)
        running = self._engine.quiet.start(job, title="Measure the review")
        running.failed.connect(self._engine.report_failure)
        running.succeeded.connect(lambda found: self._take(lot_id, found))

    def _take(self, lot_id: LotId, found: ReviewQuality) -> None:
        if lot_id != self._state.lot_id:
            return
        self._state = replace(self._state, found=found)
        quality = found.quality
        self._view.show_quality(text.about_text(self._state.lot_name, quality), text.figures_of(quality))
        self._show_verdicts(quality)
        self._show_classes(quality)
        self._view.draws.set_images(text.audit_text(quality.escapes), text.image_rows(found.draws))
        nearest = text.image_rows(found.nearest)
        self._view.nearest.set_images(text.nearest_text(len(nearest)), nearest)

    def _show_verdicts(self, quality: LotQuality) -> None:
        if quality.verdicts is None:
            self._view.say_unmeasured(VERDICTS, NO_VERDICTS)
            return
        lines, shares = text.confusion_lines(quality.verdicts)
        head = ("Reviewer \\ model", *quality.verdicts.columns, "Sum")
        self._view.verdicts.set_confusion(head, lines, shares)
        self._view.show_table(
            VERDICTS, f"Images by the reviewer's verdict (rows) and the model's (columns). {CELL_WORDS}"
        )

    def _show_classes(self, quality: LotQuality) -> None:
        met = quality.class_confusion
        if met is None:
            for name in (CLASS_TABLE, CLASSES):
                self._view.say_unmeasured(name, NO_CLASSES)
            return
        lines, shares = text.confusion_lines(met)
        self._view.class_confusion.set_confusion(("Reviewer", *met.columns, "Sum"), lines, shares)
        self._view.show_table(
            CLASS_TABLE,
            f"Images by the reviewer's class (rows) and that of {quality.class_source} (columns). {CELL_WORDS}",
        )
        self._view.classes.set_lines(CLASS_HEAD, text.class_lines(quality))
        self._view.show_table(CLASSES, CLASS_CAPTION.format(source=quality.class_source))
