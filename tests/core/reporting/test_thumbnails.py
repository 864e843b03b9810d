import base64

import cv2
import numpy as np
import pytest

from core.domain.maps import Region
from core.reporting.thumbnails import draw_thumbnail, heat_colors

PLACE = Region(bbox_xywh=(300, 100, 20, 10), area_px=200, centroid_xy=(309.5, 104.5), score=0.9)


def decode(uri):
    head, body = uri.split(",")
    assert head == "data:image/jpeg;base64"
    return cv2.imdecode(np.frombuffer(base64.b64decode(body), np.uint8), cv2.IMREAD_COLOR_RGB).astype(int)


def scene():
    image = np.random.default_rng(0).integers(90, 110, (400, 400), dtype=np.uint8)
    values = np.zeros((400, 400), dtype=np.float32)
    values[100:110, 300:320] = 0.9
    return image, values


def test_heat_shows_only_where_the_map_is_high():
    image, values = scene()
    plain = decode(draw_thumbnail(image, None, None, None, (0.0, 1.0)).context)
    heated = decode(draw_thumbnail(image, values, None, None, (0.0, 1.0)).context)
    assert heated.shape == (200, 200, 3)
    assert heated[52, 155, 0] - heated[52, 155, 2] > 80  # inferno is orange there
    assert np.abs(heated[100:, :100] - plain[100:, :100]).max() < 16


def test_the_scale_is_fixed_and_not_the_images_own():
    image, values = scene()
    faint = decode(draw_thumbnail(image, values * np.float32(0.1), None, None, (0.0, 1.0)).context)
    plain = decode(draw_thumbnail(image, None, None, None, (0.0, 1.0)).context)
    assert np.abs(faint - plain).max() < 30


def test_without_a_range_there_is_no_heat():
    image, values = scene()
    assert draw_thumbnail(image, values, None, None, None) == draw_thumbnail(image, None, None, None, None)


def test_a_mask_of_one_pixel_is_outlined():
    image, _ = scene()
    mask = np.zeros((400, 400), dtype=np.bool_)
    mask[200, 200] = True
    context = decode(draw_thumbnail(image, None, mask, None, None).context)
    near = context[97:104, 97:104]
    assert (near[..., 2] - near[..., 0]).max() > 60


def test_the_close_up_is_framed_and_shows_bare_pixels():
    image, values = scene()
    image[95:115, 295:325] = 255
    thumbnail = draw_thumbnail(image, values, values > 0.5, PLACE, (0.0, 1.0))
    close_up = decode(thumbnail.close_up)
    assert thumbnail.close_up_px == 64
    assert close_up.shape == (200, 200, 3)
    assert np.ptp(close_up, axis=2).max() == 0  # gray: no heat, no outline
    assert close_up[100, 100, 0] > 240
    context = decode(thumbnail.context)
    left, top = (310 - 32) // 2, (105 - 32) // 2
    assert context[top, left + 5 : left + 25].mean() > 180


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (500, 3), (33, 1000)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_images_of_any_shape_and_depth_are_drawn(shape, dtype):
    image = np.full(shape, np.iinfo(dtype).max, dtype=dtype)
    values = np.zeros(shape, dtype=np.float32)
    region = Region(bbox_xywh=(0, 0, 1, 1), area_px=1, centroid_xy=(0.0, 0.0), score=1.0)
    thumbnail = draw_thumbnail(image, values, values > -1, region, (0.0, 1.0))
    assert max(decode(thumbnail.context).shape) == 200
    assert thumbnail.close_up_px == min(64, *shape)


def test_sixteen_bit_contrast_survives():
    image = np.full((100, 100), 30000, dtype=np.uint16)
    image[40:60, 40:60] = 30200
    context = decode(draw_thumbnail(image, None, None, None, None).context)
    assert context[100, 100, 0] > 240
    assert context[10, 10, 0] < 15


def test_the_legend_has_the_heatmaps_colours():
    colors = heat_colors(5)
    assert len(colors) == 5
    assert colors[0] == "#000004"
    assert all(len(color) == 7 for color in colors)
