import numpy as np
import pytest

from core.synthesis import (
    FAMILIES,
    KINDS,
    render_pair,
    render_scene,
    sample_scene,
    training_draws,
    training_families,
    training_kinds,
)

SIZE = (128, 128)
PAIRS = [(family.name, kind) for family in FAMILIES.values() for kind in family.kinds]


@pytest.mark.parametrize("family", FAMILIES)
def test_clean_scene_has_an_empty_mask(family: str) -> None:
    scene = render_scene(3, family=family, size_hw=(120, 144))
    assert scene.image.shape == scene.mask.shape == (120, 144)
    assert scene.image.dtype == np.uint8
    assert scene.mask.dtype == np.bool_
    assert not scene.mask.any()
    assert scene.kind is None
    assert scene.process == FAMILIES[family].process
    assert scene.image.std() > 1


@pytest.mark.parametrize(("family", "kind"), PAIRS)
def test_every_kind_is_visible_on_every_family(family: str, kind: str) -> None:
    scene = render_scene(11, family=family, kind=kind, size_hw=SIZE)
    assert 8 <= scene.mask.sum() <= 0.2 * scene.mask.size
    assert scene.kind == kind


@pytest.mark.parametrize("family", ["dense_tracks", "granular_metal", "gate_cuts"])
def test_same_seed_same_scene(family: str) -> None:
    kind = FAMILIES[family].kinds[0]
    first = render_scene(5, family=family, kind=kind, size_hw=SIZE)
    second = render_scene(5, family=family, kind=kind, size_hw=SIZE)
    other = render_scene(6, family=family, kind=kind, size_hw=SIZE)
    np.testing.assert_array_equal(first.image, second.image)
    np.testing.assert_array_equal(first.mask, second.mask)
    assert not np.array_equal(first.image, other.image)


def test_defect_changes_the_image_where_the_mask_says() -> None:
    clean = render_scene(8, family="lines_spaces", size_hw=SIZE)
    defective = render_scene(8, family="lines_spaces", kind="particle", size_hw=SIZE)
    difference = np.abs(clean.image.astype(int) - defective.image.astype(int))
    assert difference[defective.mask].mean() > 10
    assert difference[~defective.mask].mean() < 0.15 * difference[defective.mask].mean()


def test_sampling_respects_families_and_kinds() -> None:
    for seed in range(12):
        scene = sample_scene(
            seed,
            families=["sram_cells", "lines_spaces"],
            kinds=["particle"],
            defect_probability=1,
            size_hw=SIZE,
        )
        assert scene.family in {"sram_cells", "lines_spaces"}
        assert scene.kind == "particle"
        assert scene.mask.any()


def test_held_out_names_cover_every_process() -> None:
    held_families = [family for name, family in FAMILIES.items() if name not in training_families()]
    held_kinds = [kind for name, kind in KINDS.items() if name not in training_kinds()]
    assert {family.process for family in held_families} == {"beol", "dep", "dpr"}
    assert set.union(*(set(kind.processes) for kind in held_kinds)) == {"beol", "dep", "dpr"}


def test_unknown_or_foreign_names_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown layout family"):
        render_scene(0, family="nonsense")
    with pytest.raises(ValueError, match="does not occur"):
        render_scene(0, family="blanket_film", kind="bridge")


def test_pair_shows_one_layout_shifted() -> None:
    pair = render_pair(4, family="staggered_vias", kind="via_missing", size_hw=SIZE)
    assert pair.reference.kind is None
    assert not pair.reference.mask.any()
    assert pair.test.mask.any()
    assert pair.reference.image.shape == pair.test.image.shape == SIZE
    assert max(abs(pair.shift_xy[0]), abs(pair.shift_xy[1])) <= 6


def test_pair_shift_registers_the_images() -> None:
    pair = render_pair(2, family="sparse_routing", size_hw=(200, 200), max_shift_px=5)
    reference, test = (
        scene.image.astype(float) - scene.image.mean() for scene in (pair.reference, pair.test)
    )
    spectrum = np.fft.fft2(test) * np.conj(np.fft.fft2(reference))
    peak = np.unravel_index(np.abs(np.fft.ifft2(spectrum)).argmax(), (200, 200))
    found = np.array([(peak[1] + 100) % 200 - 100, (peak[0] + 100) % 200 - 100])
    np.testing.assert_allclose(found, pair.shift_xy, atol=2.5)


def test_training_draws_layouts_without_repetition_more_often_and_no_other_families() -> None:
    draws = training_draws()
    assert set(draws) == set(training_families())
    assert draws.count("dense_tracks") > draws.count("lines_spaces")
