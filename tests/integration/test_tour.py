"""The real window on a real lot: opened, measured with the shipped weights, decided, reported, photographed."""

import os
import subprocess
import sys
from pathlib import Path

import cv2

from core.synthesis import render_pair, render_scene


def test_the_tour_of_the_application_ends_with_pictures_and_a_report(tmp_path: Path) -> None:
    lot, out = tmp_path / "lot", tmp_path / "out"
    lot.mkdir()
    for number, kind in enumerate(("particle", None, "bridge")):
        scene = render_scene(number, family="lines_spaces", kind=kind, size_hw=(192, 192))
        (lot / f"site_{number}.png").write_bytes(cv2.imencode(".png", scene.image)[1].tobytes())
    pair = render_pair(1, family="multilevel_routing", kind="bridge", size_hw=(192, 192))
    for word, scene in (("test", pair.test), ("temp", pair.reference)):
        (lot / f"tie_{word}.png").write_bytes(cv2.imencode(".png", scene.image)[1].tobytes())
    command = [sys.executable, "-m", "app.screenshots", "--lot", str(lot), "--out", str(out)]
    # An empty PATH hides any browser: the report's picture is a convenience, not part of the tour.
    environment = {**os.environ, "PATH": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    pictures = {"lots.png", "review.png", "review-small.png", "reference.png", "reference-blink-small.png"}
    assert pictures | {"report.html"} <= {file.name for file in out.iterdir()}
    assert cv2.imread(str(out / "review.png")).shape == (1000, 1600, 3)
    assert "site_0.png" in (out / "report.html").read_text(encoding="utf-8")
