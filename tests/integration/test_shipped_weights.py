"""The weights that ship: they are what their card says, and they find a planted defect."""

import json

import numpy as np
import torch
from sklearn.metrics import roc_auc_score

from core.detection.ic_defectncd.detector import ICDefectNCDDetector
from core.detection.weights import default_weights_file, read_card
from core.networks.weights_file import file_sha256
from core.synthesis import render_scene

SHOTS = (
    ("comb_fingers", "particle"),
    ("granular_metal", "particle"),
    ("sram_cells", "particle"),
    ("lines_spaces", "bridge"),
    ("blanket_film", "blister"),
    ("contact_holes", "particle"),
)


def test_the_card_beside_the_weights_is_theirs() -> None:
    path = default_weights_file()
    beside = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert beside.pop("sha256") == file_sha256(path)
    assert beside.pop("bytes") == path.stat().st_size
    assert {"beol-held-out", "dep-held-out", "dpr-held-out"} <= set(beside.pop("figures"))
    assert beside == read_card(path).model_dump(mode="json")


def test_planted_defects_are_found_better_than_by_chance() -> None:
    detector = ICDefectNCDDetector.from_file(default_weights_file(), torch.device("cpu"))
    scores, truths, pixels, masks = [], [], [], []
    for number, (family, kind) in enumerate(SHOTS):
        for shown in (kind, None):
            scene = render_scene(4_000 + number, family=family, kind=shown)
            (found,) = detector.score_images([scene.image])
            scores.append(found.score)
            truths.append(shown is not None)
            pixels.append(found.values[::4, ::4].ravel())
            masks.append(scene.mask[::4, ::4].ravel())
    assert roc_auc_score(truths, scores) > 0.85
    assert roc_auc_score(np.concatenate(masks), np.concatenate(pixels)) > 0.95
