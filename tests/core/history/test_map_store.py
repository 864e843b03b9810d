import cv2
import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core.domain.errors import UserError
from core.history import MapStore

SHAPES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=40)
FINITE = st.floats(-60000, 60000, width=32)


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> MapStore:
    return MapStore(tmp_path_factory.mktemp("maps") / "made when needed")


@given(values=hnp.arrays(np.float32, SHAPES, elements=FINITE))
def test_a_map_comes_back_to_three_digits(store, values):
    name = store.save_map(values)
    loaded = store.load_map(name)
    assert (loaded.dtype, loaded.shape) == (np.float32, values.shape)
    np.testing.assert_allclose(loaded, values, rtol=2**-11, atol=2**-25)
    assert store.save_map(loaded) == name  # rounding twice changes nothing


@given(pixels=hnp.arrays(np.bool_, SHAPES))
def test_a_mask_comes_back_exactly(store, pixels):
    name = store.save_mask(pixels)
    loaded = store.load_mask(name)
    assert loaded.dtype == np.bool_
    np.testing.assert_array_equal(loaded, pixels)


def test_the_same_content_is_one_file(tmp_path):
    store = MapStore(tmp_path)
    values = np.linspace(0, 1, 448 * 448, dtype=np.float32).reshape(448, 448)
    names = {store.save_map(values), store.save_map(values.copy())}
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(names) == len(files) == 1
    assert files[0].stat().st_size < values.nbytes / 2


def test_other_programs_read_the_files(tmp_path):
    store = MapStore(tmp_path)
    values = np.full((5, 7), 0.5, np.float32)
    (map_file,) = tmp_path.rglob(store.save_map(values))
    (mask_file,) = tmp_path.rglob(store.save_mask(values > 0.4))
    np.testing.assert_array_equal(tifffile.imread(map_file), values)
    np.testing.assert_array_equal(cv2.imread(str(mask_file), cv2.IMREAD_UNCHANGED), np.full((5, 7), 255))


def test_values_beyond_half_precision_are_cut_off(store):
    name = store.save_map(np.array([[1e9, -1e9]], np.float32))
    np.testing.assert_array_equal(store.load_map(name), [[65504, -65504]])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_map_must_be_finite(store, bad):
    with pytest.raises(ValueError, match="finite"):
        store.save_map(np.array([[bad]], np.float32))


@pytest.mark.parametrize("content", [None, b"", b"half a file"])
def test_a_lost_or_damaged_file_is_a_sentence_and_is_mended_by_saving_again(tmp_path, content):
    store = MapStore(tmp_path)
    values, pixels = np.zeros((4, 4), np.float32), np.ones((4, 4), bool)
    map_name, mask_name = store.save_map(values), store.save_mask(pixels)
    for name, load in ((map_name, store.load_map), (mask_name, store.load_mask)):
        (file,) = tmp_path.rglob(name)
        if content is None:
            file.unlink()
        else:
            file.write_bytes(content)
        with pytest.raises(UserError, match="stored result"):
            load(name)
    assert (store.save_map(values), store.save_mask(pixels)) == (map_name, mask_name)
    np.testing.assert_array_equal(store.load_map(map_name), values)
    np.testing.assert_array_equal(store.load_mask(mask_name), pixels)


@pytest.mark.parametrize("name", ["../../etc/passwd", "a.tif", "", "0" * 64, "0" * 64 + ".tif\n"])
def test_only_its_own_names_are_loaded(store, name):
    with pytest.raises(ValueError, match="not the name"):
        store.load_map(name)


def test_a_map_and_a_mask_are_not_taken_for_each_other(store):
    mask = store.save_mask(np.ones((2, 2), bool))
    with pytest.raises(ValueError, match="not the name"):
        store.load_map(mask)


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(UserError, match="cannot be written"):
        MapStore(tmp_path / "file").save_mask(np.ones((2, 2), bool))
