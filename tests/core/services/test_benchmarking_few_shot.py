from dataclasses import replace
from itertools import count, islice

import numpy as np
import pytest

from core.domain.errors import UserError
from core.jobs import JobContext
from core.services.benchmarking.few_shot import FewShotRun, benchmark_few_shot
from core.services.benchmarking.few_shot_page import write_few_shot_block
from core.services.benchmarking.few_shot_samples import FewShotSet, Sample
from core.services.benchmarking.few_shot_sets import few_shot_sets
from core.services.few_shot.plan import FewShotPlan
from tests.core.services.few_shot.shots import draw_shot


def _samples(label):
    for number in count():
        image, mask = draw_shot(label, np.random.default_rng([len(label), number]))
        yield Sample(image, mask > 0, label)


STRIPES = FewShotSet("stripes", "stripes", ("disc", "square"), _samples)


def _run(out, weights, shots=(1, 2)):
    plan = FewShotPlan(weights=str(weights), steps=6, batch=2)
    return FewShotRun(out, shots, 3, plan, "cpu")


def test_the_page_has_every_number_of_shots_and_the_other_heads(tmp_path, tiny_weights):
    rows, heads = benchmark_few_shot([STRIPES], _run(tmp_path / "out", tiny_weights), JobContext())
    assert [(row.contender, row.shots, row.images) for row in rows] == [
        ("detector without shots", 0, 12),
        ("own encoder, head only", 1, 12),
        ("own encoder, head only", 2, 12),
    ]
    assert rows[0].accuracy is None
    assert all(0 <= row.accuracy <= 1 for row in rows[1:])
    assert len(heads) == 7
    page = tmp_path / "docs" / "few-shot.md"
    write_few_shot_block(rows, heads, [STRIPES], page, command="residua benchmark fewshot --out DIR")
    text = page.read_text()
    assert "| own encoder, head only | 2 |" in text
    assert "| trees on features and shape |" in text
    assert (page.parent / "few-shot-quality.png").stat().st_size > 1000
    assert len((page.parent / "few-shot.csv").read_text().splitlines()) == 4


def test_a_set_with_too_few_images_is_refused(tmp_path, tiny_weights):
    few = FewShotSet(
        "few", "few", ("disc",), lambda label: iter(list(zip(range(2), _samples(label), strict=False)))
    )
    with pytest.raises(UserError, match="has 2 images of normal"):
        benchmark_few_shot([few], _run(tmp_path, tiny_weights, (2,)), JobContext())


def test_what_was_measured_is_not_measured_again(tmp_path, tiny_weights):
    first = benchmark_few_shot([STRIPES], _run(tmp_path, tiny_weights), JobContext())
    kept = [tmp_path / "stripes" / f"{count}-shot" / "figures.json" for count in (0, 1, 2)]
    written = [path.stat().st_mtime_ns for path in kept]
    assert benchmark_few_shot([STRIPES], _run(tmp_path, tiny_weights), JobContext()) == first
    assert [path.stat().st_mtime_ns for path in kept] == written
    other = replace(_run(tmp_path, tiny_weights), tests=2)
    rows, _ = benchmark_few_shot([STRIPES], other, JobContext())
    assert {row.images for row in rows} == {8}


def test_the_sites_of_a_product_recur_and_its_defects_can_be_seen():
    product = few_shot_sets(None)[0]
    first = list(islice(product.samples("particle"), 3))
    again = list(islice(product.samples("particle"), 3))
    assert all(np.array_equal(one.image, same.image) for one, same in zip(first, again, strict=True))
    assert all(sample.mask.sum() >= 120 for sample in first)
    assert not next(product.samples("normal")).mask.any()


def test_generated_samples_are_of_one_size_and_carry_their_mask():
    generated = few_shot_sets(None)[-1]
    assert [one.name for one in few_shot_sets(None)] == ["product-a", "product-b", "generated"]
    assert generated.classes == ("bridge", "copper residue", "hole", "in-film", "particle", "scratch")
    samples = [next(generated.samples(label)) for label in ("normal", "particle")]
    assert [sample.image.shape for sample in samples] == [(256, 256), (256, 256)]
    assert [bool(sample.mask.any()) for sample in samples] == [False, True]
