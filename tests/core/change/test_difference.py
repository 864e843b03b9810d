import cv2
import numpy as np

from core.change.difference import registered_difference


def as_unit(image):
    return image.astype(np.float32) / 255


def test_what_was_added_and_what_is_missing_stand_out_with_their_sign(scene, moved):
    test = as_unit(scene)
    test[100:108, 60:68] += 0.5
    test[180:188, 150:158] -= 0.5
    difference = registered_difference(test, as_unit(scene))
    assert difference[102:106, 62:66].min() > 5
    assert difference[182:186, 152:156].max() < -5


def test_a_pixel_of_shift_and_another_brightness_are_no_change(scene, moved):
    test = 0.1 + 0.7 * as_unit(moved(scene, 1.0, -0.7))
    inside = np.s_[8:-8, 8:-8]
    plain = np.abs(test - (0.1 + 0.7 * as_unit(scene)))[inside].max()
    kept = np.abs(registered_difference(test, as_unit(scene))[inside]).max() * 2 / 255
    assert kept < 0.4 * plain


def test_nothing_is_said_where_there_is_no_reference(scene):
    reference = as_unit(scene)
    reference[:, :50] = np.nan
    test = as_unit(scene)
    test[:, 20:30] = 1.0
    difference = registered_difference(test, reference)
    assert np.isfinite(difference).all()
    assert not difference[:, :50].any()


def test_without_any_reference_all_is_zero(scene):
    assert not registered_difference(as_unit(scene), np.full(scene.shape, np.nan, np.float32)).any()


def test_rough_edges_are_no_change_but_a_defect_beside_them_is(scene, moved, rng):
    """Edges that were drawn anew differ more than the ground; nothing of it may outweigh a defect."""
    wobble = cv2.GaussianBlur(
        rng.normal(0, 40, (2, *scene.shape)).astype(np.float32).transpose(1, 2, 0), (0, 0), 4
    )
    ys, xs = np.mgrid[:256, :256].astype(np.float32)
    rough = cv2.remap(
        scene, xs + wobble[..., 0], ys + wobble[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    test = as_unit(rough)
    test[120:130, 120:130] = 1 - test[120:130, 120:130]
    difference = np.abs(registered_difference(test, as_unit(scene)))
    elsewhere = difference.copy()
    elsewhere[112:138, 112:138] = 0
    assert difference[122:128, 122:128].mean() > np.quantile(elsewhere, 0.9995)


def test_a_binarised_board_that_lies_aside_here_and_there_is_no_change():
    """All or nothing, drawn sharp, one half two pixels further than the other: flat parts and edges stay quiet."""
    board = np.zeros((320, 320), np.float32)
    for row in range(20, 300, 40):
        board[row : row + 14, 20:300] = 1.0
    ys, xs = np.indices(board.shape, np.float32)
    test = cv2.remap(board, xs, ys + 2.5 * np.tanh((xs - 160) / 80), cv2.INTER_LINEAR)
    test = (test > 0.5).astype(np.float32)
    spur = test.copy()
    spur[128:136, 100:110] = 1 - spur[128:136, 100:110]
    quiet = np.abs(registered_difference(test, board))
    loud = np.abs(registered_difference(spur, board))
    assert loud[130:134, 102:108].min() > 2 * quiet.max()
