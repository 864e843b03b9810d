"""The settings in force, and the one way to change them."""

from pathlib import Path
from typing import Any

from app.settings import AppSettings, write_settings


class Preferences:
    """Holds the settings and writes each change at once."""

    def __init__(self, path: Path, settings: AppSettings) -> None:
        self._path = path
        self._settings = settings

    @property
    def settings(self) -> AppSettings:
        """What holds now."""
        return self._settings

    def change(self, **changes: Any) -> None:
        """Set some fields.

        Raises:
            UserError: the file cannot be written; the change holds until the window is closed.
        """
        self._settings = AppSettings.model_validate({**self._settings.model_dump(), **changes})
        write_settings(self._path, self._settings)
