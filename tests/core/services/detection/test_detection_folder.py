import csv
from pathlib import Path

import numpy as np
import pytest
import tifffile

from core.domain.detections import Detection
from core.domain.detector import ModelIdentity
from core.domain.errors import UserError
from core.domain.lots import ImageRecord
from core.services.detection.folder import DetectionFolder
from core.services.detection.measuring import Measured

FULL = Path("/dev/full")
MADE_BY = ("ab" * 32, ModelIdentity("tiny", "cd" * 32))


def measured(name, level):
    record = ImageRecord(Path(name), name, 0, "0" * 64, (4, 5), 8, 4)
    values = np.full((4, 5), level, np.float32)
    return Measured(record, Detection(name, 0.5, score=level), values, values > 1)


@pytest.mark.parametrize(
    ("names", "files"),
    [
        (("a.png", "a.tif"), ("a", "a.tif")),
        (("W1/a.png", "W1/A.png", "W2/a.png"), ("W1/a", "W1/A.png", "W2/a")),
        (("a.tif.png", "a.png", "a.tif"), ("a.tif", "a", "a.tif.tif")),
        (("a.page2.png", "a.tif#page=1", "a.tif#page=2"), ("a.page2", "a.page1", "a.page2.tif")),
        (("a", "a.png", "A"), ("a", "a.png", "A_")),
    ],
)
def test_no_image_overwrites_anothers_map_and_the_table_says_which_is_whose(tmp_path, names, files):
    with DetectionFolder(tmp_path, *MADE_BY) as folder:
        for level, name in enumerate(names):
            folder.write(measured(name, float(level)))
    with (tmp_path / "detections.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["image"], row["map"], row["mask"]) for row in rows] == [
        (name, f"maps/{file}.tif", f"masks/{file}.png") for name, file in zip(names, files, strict=True)
    ]
    for level, row in enumerate(rows):
        assert tifffile.imread(tmp_path / row["map"]).max() == level


@pytest.mark.skipif(not FULL.exists(), reason="this system has no full device")
@pytest.mark.parametrize("write", ["write_failures", "write"])
def test_a_full_disk_is_a_sentence(tmp_path, write):
    (tmp_path / "detections.csv").symlink_to(FULL)
    results = {"write_failures": [Detection("a.png", 0.5, error="empty")], "write": measured("a.png", 0.0)}
    with pytest.raises(UserError, match="cannot be written"), DetectionFolder(tmp_path, *MADE_BY) as folder:
        getattr(folder, write)(results[write])
