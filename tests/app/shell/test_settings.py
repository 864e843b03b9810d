"""Settings survive a round trip whatever is in them, and a broken file is said once and kept."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.preferences import Preferences
from app.settings import AppSettings, read_settings, settings_path, write_settings
from core.domain.errors import UserError
from core.domain.lengths import REVIEWER_LENGTH

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(reviewer=texts, auto_advance=st.booleans(), keys=st.dictionaries(texts, texts, max_size=4))
def test_round_trip(tmp_path: Path, reviewer: str, auto_advance: bool, keys: dict[str, str]) -> None:
    chosen = AppSettings(reviewer=reviewer, theme="high_contrast", auto_advance=auto_advance, keys=keys)
    path = tmp_path / "new" / "settings.toml"
    write_settings(path, chosen)
    assert read_settings(path) == chosen


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "settings.toml") == AppSettings()


@pytest.mark.parametrize("text", ["theme = 'pink'", "colour = 3", "theme = ", "\x00", "keys = 3"])
def test_a_broken_file_is_told_of_once_and_kept(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text)
    with pytest.raises(UserError, match=r"settings\.toml\.damaged-1"):
        read_settings(path)
    assert read_settings(path) == AppSettings()
    Preferences(path, AppSettings()).change(theme="high_contrast")
    assert (tmp_path / "settings.toml.damaged-1").read_text() == text


def test_a_second_broken_file_does_not_take_the_place_of_the_first(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    for text in ("theme = ", "keys = 3"):
        path.write_text(text)
        with pytest.raises(UserError):
            read_settings(path)
    kept = [(tmp_path / f"settings.toml.damaged-{number}").read_text() for number in (1, 2)]
    assert kept == ["theme = ", "keys = 3"]


def test_a_broken_file_that_cannot_be_moved_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied", str(path))

    path = tmp_path / "settings.toml"
    path.write_text("theme = ")
    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(UserError, match=r"settings\.toml are not used"):
        read_settings(path)
    assert path.read_text() == "theme = "


def test_a_reviewers_name_of_any_length_is_taken_and_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    preferences = Preferences(path, AppSettings())
    preferences.change(reviewer="y" * 500)
    assert preferences.settings.reviewer == read_settings(path).reviewer == "y" * REVIEWER_LENGTH
    path.write_text(f"reviewer = '{'z' * 500}'\ntheme = 'high_contrast'\n")
    assert read_settings(path) == AppSettings(reviewer="z" * REVIEWER_LENGTH, theme="high_contrast")


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="cannot be saved"):
        write_settings(tmp_path / "file" / "settings.toml", AppSettings())


def test_home_variable_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RESIDUA_HOME", str(tmp_path))
    assert settings_path() == tmp_path / "settings.toml"
    monkeypatch.delenv("RESIDUA_HOME")
    assert settings_path().name == "settings.toml"
