from pathlib import Path

import pytest

from core.domain.paths import source_path


@pytest.mark.parametrize("given", ["W07", "./W07/", "../lots/W07", "W07/../W07", Path("W07")])
def test_one_place_has_one_path(given, tmp_path, monkeypatch):
    (tmp_path / "lots").mkdir()
    monkeypatch.chdir(tmp_path / "lots")
    assert source_path(given) == Path.cwd() / "W07"


def test_the_home_folder_may_be_written_short(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert source_path("~/lots/W07") == tmp_path / "lots" / "W07"


def test_an_account_that_is_not_there_is_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert source_path("~nobody-of-this-name") == Path.cwd() / "~nobody-of-this-name"


def test_a_link_keeps_its_name(tmp_path):
    link = tmp_path / "today"
    try:
        link.symlink_to(tmp_path / "W07", target_is_directory=True)
    except OSError:
        pytest.skip("this account may not make links")
    assert source_path(link) == link
