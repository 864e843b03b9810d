import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score

from core.evaluation import score_detections
from core.evaluation.ranking import rank

# few distinct values, so that ties are the rule
RANKED = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=1, max_size=60)


def arrays(ranked):
    scores, positive = zip(*ranked, strict=True)
    return np.array(scores, dtype=np.float32), np.array(positive)


@given(ranked=RANKED)
def test_auroc_is_the_chance_that_a_positive_outranks_a_negative(ranked):
    scores, positive = arrays(ranked)
    wins = [float(p > n) + 0.5 * float(p == n) for p in scores[positive] for n in scores[~positive]]
    auroc = rank(scores, positive).auroc
    assert auroc == (pytest.approx(np.mean(wins)) if wins else None)


@given(ranked=RANKED)
def test_f1max_is_the_best_of_all_cuts(ranked):
    scores, positive = arrays(ranked)
    f1s = []
    for cut in set(scores):
        called = scores >= cut
        hits = (called & positive).sum()
        f1s.append(2 * hits / (called.sum() + positive.sum()))
    f1max = rank(scores, positive).f1max
    assert f1max == (pytest.approx(max(f1s)) if positive.any() else None)


@given(ranked=RANKED)
def test_average_precision_sums_precision_over_the_recall_gained(ranked):
    scores, positive = arrays(ranked)
    total, before = 0.0, 0.0
    for cut in sorted(set(scores), reverse=True):
        called = scores >= cut
        hits = (called & positive).sum()
        recall = hits / max(positive.sum(), 1)
        total += (recall - before) * hits / called.sum()
        before = recall
    average_precision = rank(scores, positive).average_precision
    assert average_precision == (pytest.approx(total) if positive.any() else None)


def lot(seed, *, side=48, images=6):
    """Maps that see most of the defects, and masks that hit some: (maps, truth, written, scores, labels)."""
    rng = np.random.default_rng(seed)
    maps, truth, written = [], [], []
    for index in range(images):
        true = np.zeros((side, side), dtype=np.bool_)
        for _ in range(index % 4):
            top, left = rng.integers(0, side - 8, 2)
            true[top : top + 6, left : left + 5] = True
        values = rng.random((side, side)) + true * rng.uniform(0.2, 0.9)
        maps.append(values.astype(np.float32))
        truth.append(true)
        written.append(values > 1.3)
    return maps, truth, written, [float(values.max()) for values in maps], [bool(t.any()) for t in truth]


def figures_by_hand(maps, truth, written, scores, labels):
    """The definitions with loops and scikit-learn, as a second opinion."""
    sparse = [(m[::2, ::2], t[::2, ::2]) for m, t in zip(maps, truth, strict=True)]
    pixels = np.concatenate([m.ravel() for m, _ in sparse])
    true = np.concatenate([t.ravel() for _, t in sparse])
    precision, recall, _ = precision_recall_curve(true, pixels)
    overlaps, rates = [], np.linspace(1e-4, 0.3, 200)
    for rate in rates:
        cut = np.quantile(pixels[~true], 1 - rate)
        shares = []
        for m, t in sparse:
            labelled, count = ndimage.label(t)
            shares += [(m[labelled == i] >= cut).mean() for i in range(1, count + 1)]
        overlaps.append(np.mean(shares))
    pairs = list(zip(written, truth, strict=True))
    found = []
    for w, t in pairs:
        labelled, count = ndimage.label(t)
        found += [bool(w[labelled == i].any()) for i in range(1, count + 1)]
    return {
        "i_auroc": roc_auc_score(labels, scores),
        "p_auroc": roc_auc_score(true, pixels),
        "p_ap": average_precision_score(true, pixels),
        "p_f1max": (2 * precision * recall / np.maximum(precision + recall, 1e-9)).max(),
        "pro": np.trapezoid(overlaps, rates) / (rates[-1] - rates[0]),
        "mask_iou": np.mean([(w & t).sum() / (w | t).sum() for w, t in pairs if t.any()]),
        "found": np.mean(found),
        "clean_empty": np.mean([not w.any() for w, t in pairs if not t.any()]),
    }


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_figures_are_their_definitions(seed):
    maps, truth, written, scores, labels = lot(seed)
    figures = dataclasses.asdict(score_detections(maps, truth, written, scores, labels))
    for name, expected in figures_by_hand(maps, truth, written, scores, labels).items():
        assert figures[name] == pytest.approx(expected, abs=1e-6), name


def test_a_perfect_detector_has_perfect_figures():
    _, truth, _, _, labels = lot(0)
    maps = [true.astype(np.float32) for true in truth]
    figures = score_detections(maps, truth, truth, [float(label) for label in labels], labels)
    assert dataclasses.astuple(figures) == (6, *[pytest.approx(1.0)] * 9)


def test_a_lot_without_defects_leaves_what_is_undefined_empty():
    clean = np.zeros((8, 8), dtype=np.bool_)
    drawn = clean.copy()
    drawn[2, 2] = True
    maps = [np.zeros((8, 8), dtype=np.float32)] * 2
    figures = score_detections(maps, [clean, clean], [clean, drawn], [0.1, 0.2], [False, False])
    assert figures.clean_empty == 0.5
    undefined = dataclasses.replace(figures, images=0, clean_empty=None)
    assert set(dataclasses.astuple(undefined)[1:]) == {None}


def test_a_lot_that_is_all_defect_has_no_false_positive_rate():
    full = np.ones((8, 8), dtype=np.bool_)
    figures = score_detections([full.astype(np.float32)], [full], [full], [1.0], [True])
    assert (figures.pro, figures.p_auroc, figures.clean_empty) == (None, None, None)
    assert (figures.mask_iou, figures.found, figures.p_ap) == (1.0, 1.0, 1.0)


def test_input_that_does_not_match_is_refused():
    values, mask = np.zeros((8, 8), dtype=np.float32), np.zeros((8, 8), dtype=np.bool_)
    with pytest.raises(ValueError, match="no images"):
        score_detections([], [], [], [], [])
    with pytest.raises(ValueError, match="differ in number"):
        score_detections([values], [mask], [mask], [0.1, 0.2], [False])
    with pytest.raises(ValueError, match="true mask"):
        score_detections([values], [mask[:4]], [mask], [0.1], [False])
