import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.anomaly.registry import METHODS
from core.domain.errors import JobCancelled, UserError
from core.jobs import CancelToken, JobContext
from core.services.benchmarking.vad import VadLimits, benchmark_vad
from core.services.benchmarking.vad_page import write_vad_block
from core.services.benchmarking.vad_paper import PAPER
from core.services.benchmarking.vad_set import write_test
from core.services.benchmarking.vad_sets import generated_set, vad_sets
from tests.core.anomaly.normals import lines


def write(path, seed, *, planted=False, mask=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    image, truth = lines(seed, planted=planted)
    cv2.imwrite(str(path), image)
    if mask is not None:
        mask.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(mask), truth.astype(np.uint8) * 255)


def write_miic(root):
    """As MIIC is: the test images are among those of the training folder."""
    for seed in range(12):
        write(root / "Anomaly_train" / f"n{seed}.png", seed)
    for seed in range(3):
        write(root / "Anomaly_test" / "normal_img" / f"t{seed}.png", seed)
    masks = root / "Anomaly_test" / "abnormal_mask"
    for seed in (20, 21):
        write(root / "Anomaly_train" / f"a{seed}.png", seed, planted=True)
        mask = masks / f"a{seed}_mask.png"
        write(root / "Anomaly_test" / "abnormal_img" / f"a{seed}.png", seed, planted=True, mask=mask)
    return root


def write_mvtec(root):
    for seed in range(10):
        write(root / "train" / "good" / f"{seed:03d}.png", seed)
    for seed in range(30, 33):
        write(root / "test" / "good" / f"{seed:03d}.png", seed)
    for seed in range(3):
        mask = root / "ground_truth" / "dirt" / f"{seed:03d}_mask.png"
        write(root / "test" / "dirt" / f"{seed:03d}.png", 40 + seed, planted=True, mask=mask)
    return root


def test_miic_is_learned_from_without_its_test_images(tmp_path):
    (found,) = vad_sets(write_miic(tmp_path / "miic"))
    assert {path.name for path in found.normals} == {f"n{seed}.png" for seed in range(3, 12)}
    assert [case.label for case in found.cases] == ["normal"] * 3 + ["abnormal"] * 2
    assert {case.mask.name for case in found.cases if case.mask} == {"a20_mask.png", "a21_mask.png"}


def test_exposures_of_a_tile_stay_on_one_side(tmp_path):
    for number in range(6):
        for exposure in (1, 2):
            write(tmp_path / "MT_Free" / f"exp{exposure}_num_{number}.jpg", 10 * number + exposure)
    for number in (0, 5, 9):
        path = tmp_path / "MT_Crack" / f"exp3_num_{number}.jpg"
        write(path, 80 + number, planted=True, mask=path.with_suffix(".png"))
    (found,) = vad_sets(tmp_path)
    learned = {path.stem.split("num_")[1] for path in found.normals}
    tested = {case.image.stem.split("num_")[1] for case in found.cases}
    assert learned == {"0", "1", "2", "3"}
    assert tested == {"4", "5", "9"}
    assert len(found.normals) == 8
    assert {case.label for case in found.cases} == {"normal", "crack"}


def test_a_set_can_be_taken_in_part(tmp_path):
    (found,) = vad_sets(write_mvtec(tmp_path / "part"))
    small = found.at_most(4)
    assert len(small.normals) == 4
    assert [case.label for case in small.cases] == ["normal"] * 2 + ["dirt"] * 2
    assert found.at_most(None) is found


def test_what_is_no_data_is_said(tmp_path):
    with pytest.raises(UserError, match="no data in a layout that is known"):
        vad_sets(tmp_path)
    root = write_mvtec(tmp_path / "lost")
    next((root / "ground_truth" / "dirt").iterdir()).unlink()
    with pytest.raises(UserError, match="has no mask"):
        vad_sets(root)


def test_the_test_images_are_laid_out_for_the_evaluation(tmp_path):
    (found,) = vad_sets(write_miic(tmp_path / "miic"))
    write_test(found, tmp_path / "test", JobContext())
    with (tmp_path / "test" / "labels.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [row["label"] for row in rows] == ["normal"] * 3 + ["abnormal"] * 2
    assert all((tmp_path / "test" / "images" / row["file"]).is_file() for row in rows)
    masks = sorted(path.stem for path in (tmp_path / "test" / "masks").iterdir())
    assert masks == [Path(row["file"]).stem for row in rows[3:]]


def test_methods_are_measured_once_and_shown_beside_the_paper(tmp_path):
    sets = vad_sets(write_mvtec(tmp_path / "lot"))
    out, limits = tmp_path / "out", VadLimits(side=32, steps=6)
    methods = ("f_anogan", "iad_inpainting")
    rows = benchmark_vad(sets, methods, limits, out, "cpu", JobContext())
    assert [row.method for row in rows] == list(methods)
    assert all(row.learned == 8 and row.tested == 6 for row in rows)
    assert all(0 <= value <= 1 for row in rows for value in (row.i_auroc, row.i_ap, row.p_auroc, row.pro))
    written = (out / "lot" / "f_anogan" / "model.safetensors").stat().st_mtime_ns
    assert benchmark_vad(sets, methods, limits, out, "cpu", JobContext()) == rows
    assert (out / "lot" / "f_anogan" / "model.safetensors").stat().st_mtime_ns == written
    page = tmp_path / "vad.md"
    page.write_text("Words.\n")
    write_vad_block(rows, page, sets, command="residua benchmark vad")
    text = page.read_text()
    assert text.startswith("Words.")
    assert "| f-AnoGAN |" in text
    assert "*99.3*" in text
    with page.with_suffix(".csv").open() as stream:
        assert [row["method"] for row in csv.DictReader(stream)] == list(methods)


def test_a_cancel_stops_within_a_method(tmp_path):
    token = CancelToken()
    token.cancel()
    with pytest.raises(JobCancelled):
        benchmark_vad(
            vad_sets(write_mvtec(tmp_path / "lot")),
            ("f_anogan",),
            VadLimits(side=32, steps=2),
            tmp_path / "out",
            "cpu",
            JobContext(token),
        )


def test_a_generated_set_is_rendered_once(tmp_path):
    first = generated_set(tmp_path, 4)
    assert len(first.normals) == len(first.cases) == 4
    written = {path: path.stat().st_mtime_ns for path in first.normals}
    assert generated_set(tmp_path, 4) == first
    assert all(path.stat().st_mtime_ns == time for path, time in written.items())


def test_the_paper_has_ten_of_our_methods():
    assert len(PAPER) == 10
    assert set(PAPER) < set(METHODS)
    assert all(50 < figures.i_auroc <= 100 for figures in PAPER.values())
