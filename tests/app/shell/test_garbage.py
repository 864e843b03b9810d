"""The collector's pauses: the libraries of the detector are left out of them."""

import gc

from app.garbage import loading_libraries


def test_what_was_loaded_is_not_walked_again() -> None:
    with loading_libraries():
        assert not gc.isenabled()
        loaded = [[number] for number in range(1000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() >= len(loaded)
    assert not any(found is loaded for found in gc.get_objects())


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with loading_libraries():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
