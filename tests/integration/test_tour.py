"""The real window on a real lot: opened, measured with the shipped weights, decided, reported, photographed."""

from pathlib import Path

import cv2
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from app import screenshots
from core.synthesis import render_scene


def test_the_tour_of_the_application_ends_with_pictures_and_a_report(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screenshots, "find_browser", lambda: None)
    lot = tmp_path / "lot"
    lot.mkdir()
    for number, kind in enumerate(("particle", None, "bridge")):
        scene = render_scene(number, family="lines_spaces", kind=kind, size_hw=(192, 192))
        (lot / f"site_{number}.png").write_bytes(cv2.imencode(".png", scene.image)[1].tobytes())
    taken = screenshots.take_screenshots(tmp_path / "out", lot)
    names = {file.name for file in taken}
    assert {"lots.png", "review.png", "review-small.png", "report.html"} <= names
    assert QImage(str(tmp_path / "out" / "review.png")).width() == 1600
    assert "site_0.png" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
