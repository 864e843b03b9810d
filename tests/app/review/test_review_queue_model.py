"""The virtual queue: what Qt is told fits what is shown, at 100,000 rows too."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.presenters.review.order import QueueFilter, QueueQuery, QueueSort
from app.presenters.review.reducers import apply_changes, move_to, open_items, query_queue, step
from app.presenters.review.state import ReviewState
from app.qt_models.review_queue import ITEM_ROLE, THUMBNAIL_ROLE, ReviewQueueModel
from app.theme import DARK
from app.views.review.queue_delegate import RowRoles
from app.views.review.queue_panel import QueuePanel
from core.domain.decisions import UNDECIDED, Judgement, Verdict
from core.domain.ids import ImageId, LotId
from core.domain.lots import ImageRecord
from core.domain.review import ChangeSet, JudgementChange, ReviewItem


def lot(count: int) -> tuple[ReviewItem, ...]:
    return tuple(
        ReviewItem(ImageId(n), ImageRecord(Path("/lot"), f"{n}.tif", 0, "", (8, 8), 8, 8))
        for n in range(count)
    )


def listed(model: ReviewQueueModel) -> list[ImageId]:
    return [model.index(row).data(ITEM_ROLE).image_id for row in range(model.rowCount())]


permutations = st.lists(st.permutations(range(8)).flatmap(lambda p: st.integers(0, 8).map(lambda n: p[:n])))


@given(permutations)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_sequence_of_orders_keeps_qts_idea_of_the_rows(
    qapp: QApplication, orders: list[list[int]]
) -> None:
    model = ReviewQueueModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    items = lot(8)
    model.set_rows(items, tuple(range(8)), same_query=False)
    for order in orders:
        held = [(QPersistentModelIndex(model.index(row)), image) for row, image in enumerate(listed(model))]
        model.set_rows(items, tuple(order), same_query=True)
        assert listed(model) == order
        for index, image in held:  # whoever held a row still holds the same image, or nothing
            assert index.data(ITEM_ROLE).image_id == image if image in order else not index.isValid()
    del tester


def test_only_the_rows_of_new_items_are_repainted(qtbot: QtBot) -> None:
    model, items = ReviewQueueModel(), lot(5)
    model.set_rows(items, (4, 2, 0), same_query=False)
    painted: list[int] = []
    model.dataChanged.connect(lambda top, _bottom, _roles: painted.append(top.row()))
    newer = (*items[:2], replace(items[2], judgement=Judgement(Verdict.REAL)), *items[3:])
    model.set_rows(newer, (4, 2, 0), same_query=True)
    assert painted == [1]


def test_a_thumbnail_is_wished_for_when_painted_and_then_shown(qtbot: QtBot) -> None:
    model, items = ReviewQueueModel(), lot(3)
    model.set_rows(items, (2, 1, 0), same_query=False)
    with qtbot.waitSignal(model.thumbnail_wanted) as wanted:
        assert model.index(0).data(THUMBNAIL_ROLE) is None
    assert wanted.args == [items[2]]
    with qtbot.waitSignal(model.dataChanged) as repainted:
        model.set_thumbnail(ImageId(2), np.full((7, 5), 9, np.uint8))
    assert repainted.args is not None
    assert repainted.args[0].row() == 0
    image = model.index(0).data(THUMBNAIL_ROLE)
    assert (image.width(), image.height(), image.pixelColor(4, 6).red()) == (5, 7, 9)


def test_a_hundred_thousand_rows_open_anywhere_and_are_decided(qtbot: QtBot, themed: QApplication) -> None:
    model = ReviewQueueModel()
    panel = QueuePanel(model, RowRoles(ITEM_ROLE, THUMBNAIL_ROLE), DARK)
    qtbot.addWidget(panel)
    panel.resize(270, 800)
    with qtbot.waitExposed(panel):
        panel.show()
    items = lot(100_000)
    state = open_items(ReviewState(), LotId(1), items, ImageId(60_000))
    model.set_rows(state.items, state.order, same_query=False)
    panel.set_place(state.current_row, len(state.order))
    panel.grab()
    assert panel.list.currentIndex().row() == 60_000
    assert panel.list.visualRect(panel.list.currentIndex()).intersects(panel.list.viewport().rect())
    state = query_queue(state, QueueQuery(QueueFilter.UNDECIDED, sort=QueueSort.LOT))
    model.set_rows(state.items, state.order, same_query=False)
    for _ in range(9):
        state = _decide_and_go_on(state)
        model.set_rows(state.items, state.order, same_query=True)
        panel.set_place(state.current_row, len(state.order))
    assert (model.rowCount(), state.counts[QueueFilter.DECIDED]) == (100_000 - 9, 9)


def _decide_and_go_on(state: ReviewState) -> ReviewState:
    assert state.current is not None
    change = JudgementChange(state.current, UNDECIDED, Judgement(Verdict.REAL))
    return step(apply_changes(state, ChangeSet("Real", (change,))), 1)


def test_going_back_to_a_decided_image_lists_it_while_it_is_current() -> None:
    undecided = QueueQuery(QueueFilter.UNDECIDED)
    state = query_queue(open_items(ReviewState(), LotId(1), lot(4), ImageId(1)), undecided)
    state = _decide_and_go_on(state)
    assert (state.current, state.order) == (2, (0, 2, 3))
    back = move_to(state, ImageId(1))
    assert (back.current, back.order) == (1, (0, 1, 2, 3))
    assert move_to(back, ImageId(3)).order == (0, 2, 3)
