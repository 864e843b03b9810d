"""The jobs panel and the line in the status bar: what is at work, how long it takes, what failed."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtWidgets import QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from app.job_runner import JobRunner
from app.presenters import jobs_state as states
from app.presenters.jobs import JobsPresenter
from app.theme import DARK
from app.views.jobs.panel import JobsPanel
from app.views.jobs.row_widget import JobRowWidget
from app.views.shell.status_line import StatusLine
from core.domain.detections import Detection
from core.domain.errors import UserError
from core.jobs import JobContext, JobQueue, JobState, Progress


@dataclass(frozen=True)
class Partial:
    detection: Detection


class Room:
    """Real panel, real runner."""

    def __init__(self, qtbot: QtBot) -> None:
        self.panel, self.status = JobsPanel(DARK), StatusLine()
        qtbot.addWidget(self.panel)
        qtbot.addWidget(self.status)
        self.runner = JobRunner(JobQueue())
        self.presenter = JobsPresenter(self.runner, self.panel, self.status.jobs)


@pytest.fixture
def room(qtbot: QtBot) -> Iterator[Room]:
    made = Room(qtbot)
    yield made
    made.runner.close()


def test_time_left_is_counted_from_the_first_image_not_from_loading_the_model() -> None:
    records = states.add_job((), 0, "Detect")
    records = states.progress_job(records, 0, Progress(0, 100, "loading"), 0.0)
    assert states.remaining_s(records[0]) is None
    records = states.progress_job(records, 0, Progress(1, 100), 60.0)
    records = states.progress_job(records, 0, Progress(11, 100), 65.0)
    assert states.remaining_s(records[0]) == pytest.approx(44.5)
    assert states.row_of(records[0]).text == "11 of 100 · 44 s left"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "1 s"), (54, "54 s"), (90, "2 min"), (3000, "50 min"), (5400, "1.5 h")]
)
def test_durations(seconds: float, text: str) -> None:
    assert states.duration_text(seconds) == text


def test_only_so_many_errors_are_kept_but_all_are_counted() -> None:
    records = states.add_job((), 0, "Detect")
    for number in range(states.KEPT_ERRORS + 5):
        records = states.take_partial(
            records, 0, Partial(Detection(f"{number}.png", 1.0, error="It is torn."))
        )
    records = states.take_partial(records, 0, Partial(Detection("good.png", 1.0, score=0.5)))
    assert (len(records[0].errors), records[0].error_count) == (states.KEPT_ERRORS, states.KEPT_ERRORS + 5)


def test_old_finished_jobs_are_forgotten_and_live_ones_never() -> None:
    records = states.add_job((), 0, "Live")
    for key in range(1, 60):
        records = states.end_job(states.add_job(records, key, f"Job {key}"), key, JobState.SUCCEEDED, "done")
    assert len(records) <= states.KEPT_FINISHED + 2
    assert records[-1].title == "Live"
    assert [record.title for record in states.clear_finished(records)] == ["Live"]


def test_a_job_is_shown_from_start_to_end(qtbot: QtBot, room: Room) -> None:
    def detect(ctx: JobContext) -> None:
        ctx.emit(Partial(Detection("torn.png", 1.0, error="It is torn.")))
        ctx.report(3, 4, "measuring")

    running = room.runner.start(detect, title="Detect W17")
    assert room.status.jobs.isVisibleTo(room.status)
    with qtbot.waitSignal(running.finished, timeout=5000):
        pass
    row = room.panel.findChild(JobRowWidget)
    assert (room.presenter.records[0].ending, room.status.jobs.isVisibleTo(room.status)) == ("done", False)
    assert "1 image could not be measured" in {button.text() for button in row.findChildren(QPushButton)}
    assert [field.toPlainText() for field in row.findChildren(QPlainTextEdit)] == ["torn.png: It is torn."]


def test_the_cancel_button_cancels(qtbot: QtBot, room: Room) -> None:
    at_work = threading.Event()

    def forever(ctx: JobContext) -> None:
        at_work.set()
        while True:
            ctx.check()

    running = room.runner.start(forever, title="Forever")
    assert at_work.wait(5)
    buttons = room.panel.findChild(JobRowWidget).findChildren(QPushButton)
    cancel = next(button for button in buttons if button.text() == "Cancel")
    with qtbot.waitSignal(running.cancelled, timeout=5000):
        cancel.click()
    assert room.presenter.records[0].ending == "cancelled"


def test_a_failure_is_a_sentence_and_clear_forgets_it(qtbot: QtBot, room: Room) -> None:
    def fail(ctx: JobContext) -> None:
        raise UserError("The disk is full.", "Free some space.")

    running = room.runner.start(fail, title="Export")
    with qtbot.waitSignal(running.finished, timeout=5000):
        pass
    assert room.presenter.records[0].ending == "The disk is full. Free some space."
    room.panel.clear_requested.emit()
    assert room.presenter.records == ()
