"""Application settings: one TOML file. Recipes and window state live elsewhere and are never mixed in."""

import json
import os
import tomllib
from itertools import count
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from core.domain.errors import UserError
from core.domain.lengths import REVIEWER_LENGTH

HOME_VARIABLE = "RESIDUA_HOME"


def _shorten(name: object) -> object:
    return name[:REVIEWER_LENGTH] if isinstance(name, str) else name


class AppSettings(BaseModel):
    """What the user prefers, on this machine.

    Attributes:
        reviewer: name written beside each decision; empty takes the account's name. Cut off at 120 characters,
            whoever wrote it: a long name is no reason to refuse the other settings, or to fail.
        theme: "dark", or "high_contrast" for bright rooms and tired eyes.
        auto_advance: go on to the next image after a verdict.
        keys: action id → keys as portable text; only what differs from the table.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reviewer: Annotated[str, BeforeValidator(_shorten)] = ""
    theme: Literal["dark", "high_contrast"] = "dark"
    auto_advance: bool = True
    keys: dict[str, str] = {}


def settings_path() -> Path:
    """Where the settings lie: in RESIDUA_HOME if that is set, else where the platform keeps settings."""
    if home := os.environ.get(HOME_VARIABLE):
        return Path(home).expanduser() / "settings.toml"
    return Path(platformdirs.user_config_dir("residua", appauthor=False)) / "settings.toml"


def read_settings(path: Path) -> AppSettings:
    """Read the settings; a missing file means the defaults, and one that cannot be used is put aside.

    Raises:
        UserError: the file cannot be read, or has unknown or wrong values. It lies as settings.toml.damaged-1 (or
            the next free number) beside its place: the next change would overwrite it, and it is told of once.
    """
    try:
        return AppSettings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return AppSettings()
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        reason = f"{place}: {first['msg']}"
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = str(error)
    aside = _put_aside(path)
    if aside is None:
        raise UserError(f"The settings in {path} are not used ({reason}).", "Mend or delete the file.")
    raise UserError(
        f"The settings are not used ({reason}) and now lie in {aside}; the defaults hold.",
        f"To have them back, mend that file and name it {path.name} again.",
    )


def _put_aside(path: Path) -> Path | None:
    """Where the file lies now; None when it cannot be moved, so that it cannot be overwritten either."""
    names = (path.with_name(f"{path.name}.damaged-{number}") for number in count(1))
    aside = next(name for name in names if not name.exists())
    try:
        return path.rename(aside)
    except OSError:
        return None


def write_settings(path: Path, settings: AppSettings) -> None:
    """Write the settings in one step: the old file or the new one, never half of it.

    Raises:
        UserError: the folder cannot be written to.
    """
    partial = path.with_suffix(".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(_toml(settings), encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise UserError(f"The settings cannot be saved in {path.parent}: {error.strerror}.") from error


def _toml(settings: AppSettings) -> str:
    lines = [
        f"reviewer = {_text(settings.reviewer)}",
        f"theme = {_text(settings.theme)}",
        f"auto_advance = {str(settings.auto_advance).lower()}",
        "",
        "[keys]",
        *(f"{_text(action_id)} = {_text(keys)}" for action_id, keys in settings.keys.items()),
    ]
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    # A JSON string is a TOML basic string, but for DEL, which TOML wants escaped too.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
