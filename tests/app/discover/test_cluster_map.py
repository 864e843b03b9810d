"""The map: points one by one or as an image, and the lasso that is drawn on it."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.theme import DARK
from app.views.discover.cluster_map import MOST_SINGLE_POINTS, ClusterMap
from app.views.discover.raster import paint_points


def drawn_pixels(shown: ClusterMap) -> int:
    """Pixels that are not background."""
    image = shown.grab().toImage()
    background = image.pixelColor(2, 2)
    return sum(
        image.pixelColor(x, y) != background
        for x in range(0, image.width(), 3)
        for y in range(0, image.height(), 3)
    )


@pytest.mark.parametrize("count", [400, MOST_SINGLE_POINTS + 1])
def test_points_are_on_the_screen_and_zoom_with_the_map(qtbot: QtBot, themed: object, count: int) -> None:
    shown = ClusterMap(DARK)
    qtbot.addWidget(shown)
    shown.resize(300, 300)
    shown.show()
    places = np.random.default_rng(0).normal(0, 0.3, (count, 2)).astype(np.float32)
    colors = np.full((count, 3), 200, np.uint8)
    shown.set_points(places, colors, np.zeros(count, np.bool_))
    shown.fit()
    assert shown.is_raster == (count > MOST_SINGLE_POINTS)
    all_of_it = drawn_pixels(shown)
    assert all_of_it > 20
    shown._box.setRange(xRange=(3, 4), yRange=(3, 4), padding=0)
    assert drawn_pixels(shown) == 0


@pytest.mark.qt_log_ignore("not accepted by receiving widget")  # pyqtgraph takes events in its scene
def test_a_left_drag_is_a_lasso(qtbot: QtBot, themed: object) -> None:
    shown = ClusterMap(DARK)
    qtbot.addWidget(shown)
    shown.resize(300, 300)
    with qtbot.waitExposed(shown):
        shown.show()
    shown._box.setRange(xRange=(-1, 1), yRange=(-1, 1), padding=0)
    port = shown.viewport()
    with qtbot.waitSignal(shown.lasso_drawn) as drawn:
        qtbot.mousePress(port, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
        for x, y in ((140, 100), (200, 100), (200, 200), (100, 200)):
            qtbot.mouseMove(port, QPoint(x, y))
        qtbot.mouseRelease(port, Qt.MouseButton.LeftButton, pos=QPoint(100, 120))
    (path,) = drawn.args
    assert len(path) >= 3  # pyqtgraph passes some of the moves over
    assert np.allclose(path[0], (-1 / 3, 1 / 3), atol=0.02)
    assert np.abs(path).max() < 0.5


@pytest.mark.qt_log_ignore("not accepted by receiving widget")
def test_a_click_on_a_point_is_heard(qtbot: QtBot, themed: object) -> None:
    shown = ClusterMap(DARK)
    qtbot.addWidget(shown)
    shown.resize(300, 300)
    with qtbot.waitExposed(shown):
        shown.show()
    shown._box.setRange(xRange=(-1, 1), yRange=(-1, 1), padding=0)
    shown.set_points(np.zeros((1, 2), np.float32), np.full((1, 3), 200, np.uint8), np.zeros(1, np.bool_))
    shown.set_chosen(np.zeros(1, np.int64))
    with qtbot.waitSignal(shown.place_clicked) as clicked:
        qtbot.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(150, 150))
    assert np.allclose(clicked.args[:2], 0, atol=0.02)


def test_an_image_of_points_keeps_place_and_colour() -> None:
    places = np.array([[0.05, 0.05], [0.95, 0.95], [7.0, 0.5]], np.float32)
    colors = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255]], np.uint8)
    image = paint_points(places, colors, (0.0, 0.0, 1.0, 1.0), (10, 10))
    assert image[0, 0, :3].tolist() == [255, 0, 0]
    assert image[9, 9, :3].tolist() == [0, 255, 0]
    assert np.count_nonzero(image[..., 3]) == 2
