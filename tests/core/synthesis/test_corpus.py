import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.synthesis import FAMILIES, KINDS, write_corpus


def read_rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(("bit_depth", "dtype"), [(8, np.uint8), (16, np.uint16)])
def test_corpus_layout(tmp_path: Path, bit_depth: int, dtype: type[np.generic]) -> None:
    write_corpus(tmp_path, count=8, seed=1, size_hw=(96, 128), bit_depth=bit_depth)
    rows = read_rows(tmp_path)
    assert list(rows[0]) == ["file", "label", "family", "process"]
    assert [row["file"] for row in rows] == sorted(path.name for path in (tmp_path / "images").iterdir())
    defective = {row["file"] for row in rows if row["label"] != "normal"}
    assert defective == {path.name for path in (tmp_path / "masks").iterdir()}
    for row in rows:
        image = cv2.imread(str(tmp_path / "images" / row["file"]), cv2.IMREAD_UNCHANGED)
        assert image.dtype == dtype
        assert image.shape == (96, 128)
        assert row["label"] == "normal" or row["label"] in KINDS
        assert row["process"] == FAMILIES[row["family"]].process


def test_corpus_is_reproducible(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_corpus(tmp_path / name, count=4, seed=7, size_hw=(96, 96), kinds=["particle"])
    for path in (tmp_path / "one").rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes()
