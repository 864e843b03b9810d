"""The disposition dialog: what stands, who may sign, and why not."""

from datetime import UTC, date, datetime

from PySide6.QtCore import QObject, Signal

from app.views.lots.disposition_dialog import DispositionDialog, DispositionFields, StandingLine
from core.domain.dispositions import Disposition, DispositionDraft, Signature, is_same_person
from core.domain.errors import UserError
from core.domain.ids import DispositionId, LotId
from core.domain.words import DISPOSITION_WORDS
from core.services.dispositions import countersign_disposition, list_dispositions, sign_disposition
from core.services.workspace import Workspace


def standing_line(one: Disposition, reviewer: str) -> StandingLine:
    """A disposition in words."""
    given = one.given
    of = f"Wafer {given.wafer}: " if given.wafer else ""
    due = f"until {given.due.isoformat()}" if given.due else ""
    parts = (f"{of}{DISPOSITION_WORDS[given.word]}", given.reason, given.owner, due)
    second = "awaits a second signature" if one.countersigned is None else _signed(one.countersigned)
    may = one.countersigned is None and not is_same_person(one.signed.reviewer, reviewer)
    words = " · ".join(part for part in parts if part)
    return StandingLine(one.id, words, f"{_signed(one.signed)}; {second}", may)


class DispositionPresenter(QObject):
    """Lives as long as its dialog."""

    signed = Signal()  # one stands, or is in force now, that was not before

    def __init__(self, workspace: Workspace, lot_id: LotId, view: DispositionDialog) -> None:
        super().__init__(view)
        self._workspace, self._lot_id, self._view = workspace, lot_id, view
        view.set_reviewer(workspace.history.reviewer, datetime.now(UTC).astimezone().date())
        view.sign_requested.connect(self._sign)
        view.countersign_requested.connect(self._countersign)
        self._show()

    def _show(self) -> None:
        reviewer = self._workspace.history.reviewer
        standing = list_dispositions(self._workspace, self._lot_id)
        self._view.set_standing([standing_line(one, reviewer) for one in standing])

    def _sign(self, fields: DispositionFields) -> None:
        try:
            sign_disposition(self._workspace, _draft(self._lot_id, fields))
        except UserError as error:
            self._view.show_problem(str(error))
            return
        self._view.show_problem("")
        self._view.clear_fields()
        self._show()
        self.signed.emit()

    def _countersign(self, disposition_id: int) -> None:
        try:
            countersign_disposition(self._workspace, DispositionId(disposition_id))
        except UserError as error:
            self._view.show_problem(str(error))
        else:
            self._view.show_problem("")
            self.signed.emit()
        self._show()


def _draft(lot_id: LotId, fields: DispositionFields) -> DispositionDraft:
    due: date | None = fields.due
    return DispositionDraft(lot_id, fields.word, fields.wafer, fields.reason, fields.owner, due)


def _signed(signature: Signature) -> str:
    moment = signature.at_utc.astimezone().strftime("%Y-%m-%d %H:%M")
    return f"{signature.reviewer}, {moment}"
