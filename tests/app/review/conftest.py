"""A review screen on a real workspace: real files, real history, real keys."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.actions import ActionTable
from app.events import Events
from app.job_runner import JobRunner
from app.presenters.review.actions import review_actions
from app.presenters.review.presenter import ReviewPresenter
from app.presenters.review.wiring import connect_view
from app.presenters.review.workspace import WorkspaceServices
from app.qt_models.review_queue import ITEM_ROLE, THUMBNAIL_ROLE, ReviewQueueModel
from app.theme import DARK
from app.views.review.queue_delegate import RowRoles
from app.views.review.view import ReviewView
from core.domain.detections import Detection, ModelVerdict
from core.domain.errors import UserError
from core.domain.ids import LotId
from core.domain.lots import ImageRecord
from core.domain.maps import ClassGuess, Region
from core.domain.recipes import Recipe
from core.domain.review import ReviewItem, RunState
from core.jobs import JobContext, JobQueue
from core.services import decisions
from core.services.lots import list_items, open_lot
from core.services.workspace import Workspace

SIDE = 64
SPOT = (20, 24, 6, 5)  # x, y, w, h


class Screen:
    """The review screen in a window, with its keys, as the station builds it."""

    def __init__(self, qtbot: QtBot, workspace: Workspace) -> None:
        self.qtbot, self.workspace = qtbot, workspace
        self.errors: list[UserError] = []
        self.failures: list[BaseException] = []
        self.changes: list[object] = []
        self.events, self.runner = Events(), JobRunner(JobQueue())
        self.events.user_error.connect(self.errors.append)
        self.events.changed.connect(lambda change, _initiator: self.changes.append(change))
        self.model = ReviewQueueModel()
        self.view = ReviewView(self.model, RowRoles(ITEM_ROLE, THUMBNAIL_ROLE), DARK, (0.0, 1.0))
        self.window = QWidget()
        QVBoxLayout(self.window).addWidget(self.view)
        self.presenter = ReviewPresenter(
            WorkspaceServices(workspace),
            self.view,
            self.model,
            self.runner,
            self.events,
            DARK,
            self.failures.append,
            self.window,
        )
        connect_view(self.presenter, self.view)
        self.table = ActionTable(self.window)
        self.table.add(review_actions(self.presenter, self.view), self.view)
        qtbot.addWidget(self.window)
        self.window.resize(1280, 800)
        with qtbot.waitActive(self.window):
            self.window.show()
        self.view.focus_images()

    def open(self, lot_id: LotId) -> None:
        self.events.lot_requested.emit(lot_id)
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.runner.running, timeout=20_000)

    def press(self, *keys: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        for key in keys:
            self.qtbot.keyClick(self.window.focusWidget(), key, modifier)

    def stored(self) -> dict[str, ReviewItem]:
        """What the history says, by name."""
        lot_id = self.presenter.state.lot_id
        assert lot_id is not None
        return {item.record.name: item for item in list_items(self.workspace, lot_id)}

    @property
    def current(self) -> ReviewItem:
        item = self.presenter.state.current_item
        assert item is not None
        return item

    @property
    def name(self) -> str:
        return self.current.record.name

    def undo(self) -> None:
        change = decisions.undo(self.workspace)
        assert change is not None
        self.events.changed.emit(change, None)

    def close(self) -> None:
        self.presenter.close()
        self.runner.close()
        self.window.close()


def write_image(file: Path, seed: int, dtype: type[np.unsignedinteger]) -> None:
    """Noise with one bright spot, as PNG of 8 or 16 bit."""
    top = np.iinfo(dtype).max
    pixels = np.random.default_rng(seed).integers(top // 4, top // 2, (SIDE, SIDE), dtype)
    x, y, width, height = SPOT
    pixels[y : y + height, x : x + width] = top
    file.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())


def detection_of(name: str, score: float) -> Detection:
    """NG from 0.7, unknown from 0.4."""
    verdict = ModelVerdict.NG if score >= 0.7 else ModelVerdict.UNKNOWN if score >= 0.4 else ModelVerdict.OK
    region = Region(SPOT, SPOT[2] * SPOT[3], (23.0, 26.0), score)
    regions = (region,) if verdict is ModelVerdict.NG else ()
    area_px = sum(found.area_px for found in regions)
    return Detection(name, 0.7, score, verdict, regions, area_px, unknown_at=0.4)


def detect_all(workspace: Workspace, lot_id: LotId, score_of: Callable[[int], float | None]) -> None:
    """A run with a map and a mask for every readable image that gets a score."""
    run_id = workspace.history.start_run(
        lot_id, recipe=Recipe(), model_id="test", model_sha256="0" * 64, device="cpu"
    )
    x, y, width, height = SPOT
    for number, item in enumerate(list_items(workspace, lot_id)):
        score = score_of(number)
        if score is None or not isinstance(item.record, ImageRecord):
            continue
        values = np.full((SIDE, SIDE), 0.05, np.float32)
        values[y : y + height, x : x + width] = score
        files = workspace.maps.save_map(values), workspace.maps.save_mask(values > 0.6)
        found = detection_of(item.record.name, score)
        workspace.history.save_detections(run_id, [(item.image_id, found, *files)])
    workspace.history.finish_run(run_id, RunState.FINISHED)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "home", reviewer="ada") as opened:
        yield opened


@pytest.fixture
def make_lot(workspace: Workspace, tmp_path: Path) -> Callable[..., LotId]:
    """Make a lot of `count` images (16 bit where asked), some files broken, scores by number."""

    def make(
        count: int,
        score_of: Callable[[int], float | None] = lambda number: (0.9, 0.5, 0.1)[number % 3],
        deep: tuple[int, ...] = (),
        broken: int = 0,
    ) -> LotId:
        folder = tmp_path / f"lot_{count}_{broken}"
        folder.mkdir()
        for number in range(count):
            dtype = np.uint16 if number in deep else np.uint8
            write_image(folder / f"site_{number:03}.png", number, dtype)
        for number in range(broken):
            (folder / f"zz_broken_{number}.png").write_bytes(b"no image at all")
        lot_id = open_lot(workspace, folder, JobContext())
        detect_all(workspace, lot_id, score_of)
        return lot_id

    return make


@pytest.fixture
def suggest(workspace: Workspace) -> Callable[[LotId, tuple[str, ...]], None]:
    """Another run on a lot, which also names a class for each image."""

    def measure(lot_id: LotId, names: tuple[str, ...]) -> None:
        run_id = workspace.history.start_run(
            lot_id, recipe=Recipe(), model_id="test", model_sha256="0" * 64, device="cpu"
        )
        for item, name in zip(list_items(workspace, lot_id), names, strict=True):
            assert item.detection is not None
            found = replace(item.detection, guess=ClassGuess(name, 0.87))
            workspace.history.save_detections(run_id, [(item.image_id, found, "", "")])
        workspace.history.finish_run(run_id, RunState.FINISHED)

    return measure


@pytest.fixture
def screen(qtbot: QtBot, themed: QApplication, workspace: Workspace) -> Iterator[Screen]:
    made = Screen(qtbot, workspace)
    yield made
    made.close()
    assert made.failures == []
