import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.lots.info_bar import detect_content_height
from core.lots.pixels import read_gray

HEIGHT, WIDTH, BAR = 480, 640, 44


def specimen(kind: str, *, noise: float = 6.0, seed: int = 3) -> np.ndarray:
    """What lies above a bar, or fills an image without one: (480, 640) uint8."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    patterns = {
        "vertical lines": np.where(x % 24 < 12, 180, 60),
        "horizontal lines": np.where(y % 24 < 12, 180, 60),
        "black and white horizontal lines": np.where(y % 40 < 20, 255, 0),
        "contacts": np.where((x % 30 - 15) ** 2 + (y % 30 - 15) ** 2 < 49, 250, 5),
        "mixed contacts": np.where((x % 37 - 15) ** 2 + (y % 31 - 15) ** 2 < 20 + (x * y) % 60, 255, 0),
        "blanket": np.full_like(x, 120),
        "black": np.zeros_like(x),
        "white": np.full_like(x, 255),
        "substrate below an edge": np.where(y < 380, 150, 0),
        "bright substrate with holes": np.where(y < 380, 90, np.where((x // 9 + y // 7) % 11 == 0, 0, 255)),
    }
    image = patterns[kind] + rng.normal(0, noise, (HEIGHT, WIDTH)) if noise else patterns[kind]
    return np.clip(image, 0, 255).astype(np.uint8)


SPECIMENS = [
    "vertical lines", "horizontal lines", "black and white horizontal lines", "contacts", "mixed contacts",
    "blanket", "black", "white", "substrate below an edge", "bright substrate with holes",
]  # fmt: skip


def add_bar(image: np.ndarray, *, background: int, framed: bool = False) -> np.ndarray:
    """The image with its lowest rows drawn over as an instrument does."""
    ink = 255 - background
    drawn = image.copy()
    bar = drawn[-BAR:]
    bar[:] = background
    if framed:
        bar[0] = ink
    for left, top, text in [
        (10, 18, "HV 5.00 kV"), (150, 18, "WD 4.1 mm"), (300, 18, "mag 120 000 x"), (10, 38, "Signal A = InLens"),
        (300, 38, "HFW 1.73 um"),
    ]:  # fmt: skip
        cv2.putText(bar, text, (left, top), cv2.FONT_HERSHEY_SIMPLEX, 0.45, ink, 1)
    cv2.rectangle(bar, (500, 26), (600, 30), ink, -1)
    return drawn


@pytest.mark.parametrize(
    ("kind", "background"),
    [
        ("vertical lines", 0),
        ("vertical lines", 255),
        ("horizontal lines", 0),
        ("horizontal lines", 255),
        ("contacts", 255),
        ("blanket", 0),
        ("blanket", 255),
    ],
)
def test_a_bar_below_a_specimen_is_found(kind, background):
    assert detect_content_height(add_bar(specimen(kind), background=background)) == HEIGHT - BAR


@pytest.mark.parametrize("noise", [0.0, 2.0])
def test_a_dark_bar_below_a_dark_specimen_is_found_by_its_frame(noise):
    image = add_bar(specimen("black", noise=noise), background=0, framed=True)
    assert detect_content_height(image) == HEIGHT - BAR


def test_a_dark_bar_without_a_frame_below_a_dark_specimen_is_left_to_the_engineer():
    assert detect_content_height(add_bar(specimen("contacts"), background=0)) == HEIGHT


@pytest.mark.parametrize("top", [4095, 65535])
def test_a_bar_is_found_in_16_bit(top):
    image = add_bar(specimen("vertical lines"), background=0)
    assert detect_content_height((image / 255 * top).astype(np.uint16)) == HEIGHT - BAR


@pytest.mark.parametrize("background", [0, 255])
def test_a_bar_is_found_in_a_jpeg(background):
    image = add_bar(specimen("vertical lines"), background=background)
    stored = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 90])[1]
    found = detect_content_height(cv2.imdecode(stored, cv2.IMREAD_GRAYSCALE))
    assert abs(found - (HEIGHT - BAR)) <= 4  # the edge's own 8 × 8 blocks ring


@pytest.mark.parametrize("noise", [0.0, 1.0, 6.0, 25.0])
@pytest.mark.parametrize("kind", SPECIMENS)
def test_no_bar_is_seen_in_a_specimen(kind, noise):
    assert detect_content_height(specimen(kind, noise=noise)) == HEIGHT


@pytest.mark.parametrize("kind", SPECIMENS)
def test_an_empty_strip_is_no_bar(kind):
    image = specimen(kind)
    image[-BAR:] = 0
    assert detect_content_height(image) == HEIGHT


@settings(max_examples=80, deadline=None)
@given(
    height=st.integers(1, 200),
    width=st.integers(1, 200),
    level=st.integers(0, 65535),
    wide=st.booleans(),
    seed=st.integers(0, 2**16),
)
def test_any_image_has_a_specimen(height, width, level, wide, seed):
    dtype = np.uint16 if wide else np.uint8
    rng = np.random.default_rng(seed)
    image = np.full((height, width), level % (np.iinfo(dtype).max + 1), dtype)
    image[rng.random((height, width)) < 0.1] = 0
    assert detect_content_height(image) == height


def test_no_bar_is_seen_in_real_images_without_one(shared_data):
    paths = [*(shared_data / "wafer_pairs").glob("*.tif"), *(shared_data / "carinthia_samples").glob("*.jpg")]
    assert paths
    for path in paths:
        pixels = read_gray(path)
        assert detect_content_height(pixels) == pixels.shape[0], path.name


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("FEI-Helios-Ebeam-8bits.tif", 442),
        ("FEI-Helios-Ebeam-16bits.tif", 442),
        ("test_tiff_Zeiss_SEM_1k.tif", 691),
    ],
)
def test_real_bars_are_found_without_their_metadata(name, rows, shared_data):
    assert detect_content_height(read_gray(shared_data / "sem_tiff" / name)) == rows
