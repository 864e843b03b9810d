"""The files of the station's recipes: one folder a recipe, one JSON file a version, and a card beside them.

`recipes/film-1a2b3c/recipe-2.json` is a recipe as `--recipe` takes it; `recipes/film-1a2b3c/card.json` says who saved
which version and whether the recipe is locked; `recipes/in_use.json` names the version in use. Each file is replaced in
one step, so that whoever reads meanwhile finds a whole one.
"""

import hashlib
import re
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.domain.errors import UserError
from core.domain.recipe_library import RecipeLock, StoredRecipe, StoredVersion, VersionId
from core.domain.recipes import Recipe, read_recipe, write_recipe

_FILE = re.compile(r"recipe-(\d+)\.json")
_CARD = "card.json"
_IN_USE = "in_use.json"
_NOT_PLAIN = re.compile(r"[^\w-]+")


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Stamped(_Model):
    """Who did something, when, and what they say of it."""

    by: str
    at_utc: datetime
    note: str = ""


class Card(_Model):
    """What a recipe's folder says beside its versions."""

    name: str
    lock: Stamped | None = None
    versions: dict[int, Stamped] = Field(default_factory=dict)


class _InUse(_Model):
    name: str
    version: int


_WRITING = RLock()
"""The window and a job may keep recipes at the same moment: what is read, changed and written is one step."""


class Shelf:
    """A folder of recipes.

    Args:
        folder: is made when something is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._adopt_flat_files()

    def names(self) -> tuple[str, ...]:
        """Of the recipes that have files, in any order."""
        return tuple(self._read_card(card.parent).name for card in self._folder.glob(f"*/{_CARD}"))

    def recipe(self, name: str) -> StoredRecipe:
        """What is known of a recipe; without versions where it has no file."""
        folder = self._folder_of(name)
        card = self._card_of(name)
        numbers = (int(match[1]) for file in folder.glob("*.json") if (match := _FILE.fullmatch(file.name)))
        versions = tuple(_stored(card, number) for number in sorted(numbers, reverse=True))
        lock = None if card.lock is None else RecipeLock(card.lock.by, card.lock.at_utc)
        return StoredRecipe(card.name, versions, lock)

    def file_of(self, version: VersionId) -> Path:
        """Where a version lies, or would."""
        return self._folder_of(version.name) / f"recipe-{version.version}.json"

    def read(self, version: VersionId) -> Recipe:
        """A version.

        Raises:
            UserError: its file is gone or not valid.
        """
        return read_recipe(self.file_of(version))

    def add(self, recipe: Recipe, stamp: Stamped) -> Path:
        """Write a version that is not there yet.

        Returns:
            Its file.

        Raises:
            UserError: it is there already, or cannot be written.
        """
        file = self.file_of(VersionId(recipe.name, recipe.version))
        partial = file.with_suffix(".partial")
        with _WRITING:
            if file.exists():
                raise UserError(
                    f"Version {recipe.version} of the recipe {recipe.name} is there already.",
                    "Begin again with that one.",
                )
            write_recipe(partial, recipe)
            partial.replace(file)
            card = self._card_of(recipe.name)
            versions = {**card.versions, recipe.version: stamp}
            self._write(self._folder_of(recipe.name) / _CARD, card.model_copy(update={"versions": versions}))
        return file

    def set_lock(self, name: str, lock: Stamped | None) -> None:
        """Lock or unlock a recipe.

        Raises:
            UserError: it cannot be written.
        """
        with _WRITING:
            card = self._card_of(name).model_copy(update={"lock": lock})
            self._write(self._folder_of(name) / _CARD, card)

    def in_use(self) -> VersionId | None:
        """The version in use; None where none was chosen.

        Raises:
            UserError: what says so is damaged.
        """
        file = self._folder / _IN_USE
        if not file.exists():
            return None
        chosen = _read(file, _InUse)
        return VersionId(chosen.name, chosen.version)

    def set_in_use(self, version: VersionId) -> None:
        """Choose the version in use.

        Raises:
            UserError: it cannot be written.
        """
        with _WRITING:
            self._write(self._folder / _IN_USE, _InUse(name=version.name, version=version.version))

    def _card_of(self, name: str) -> Card:
        folder = self._folder_of(name)
        return self._read_card(folder) if (folder / _CARD).exists() else Card(name=name)

    def _read_card(self, folder: Path) -> Card:
        return _read(folder / _CARD, Card)

    def _folder_of(self, name: str) -> Path:
        """Readable, and one folder for “Film” and “film” on every file system."""
        key = name.casefold()
        plain = _NOT_PLAIN.sub("_", key).strip("_")[:40]
        return self._folder / f"{plain}-{hashlib.sha256(key.encode()).hexdigest()[:6]}"

    def _write(self, file: Path, content: BaseModel) -> None:
        partial = file.with_suffix(".partial")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            partial.write_text(content.model_dump_json(indent=2) + "\n", encoding="utf-8")
            partial.replace(file)
        except OSError as error:
            raise UserError(f"The file {file} cannot be written: {error.strerror}.") from error

    def _adopt_flat_files(self) -> None:
        """Stations used to keep all versions in one folder, the highest in use; they move to where they belong."""
        if not self._flat_files():
            return
        with _WRITING:
            for file in self._flat_files():
                self._adopt(file)

    def _flat_files(self) -> list[Path]:
        """In the order of their numbers."""
        found = {
            int(match[1]): file
            for file in self._folder.glob("*.json")
            if (match := _FILE.fullmatch(file.name))
        }
        return [file for _, file in sorted(found.items())]

    def _adopt(self, file: Path) -> None:
        """One that an interrupted move has left behind is there already."""
        recipe, saved_at = read_recipe(file), datetime.fromtimestamp(file.stat().st_mtime).astimezone()
        kept = VersionId(recipe.name, recipe.version)
        if not self.file_of(kept).exists():
            self.add(recipe, Stamped(by="", at_utc=saved_at))
        elif self.read(kept) != recipe:
            raise UserError(
                f"The file {file} is another version {recipe.version} of the recipe {recipe.name} than the one in use.",
                "Move it out of its folder, or give it a number of its own.",
            )
        self.set_in_use(kept)
        file.unlink()


def _stored(card: Card, number: int) -> StoredVersion:
    version, stamp = VersionId(card.name, number), card.versions.get(number)
    return (
        StoredVersion(version)
        if stamp is None
        else StoredVersion(version, stamp.by, stamp.at_utc, stamp.note)
    )


M = TypeVar("M", bound=_Model)


def _read(file: Path, kind: type[M]) -> M:
    try:
        return kind.model_validate_json(file.read_bytes())
    except OSError as error:
        raise UserError(f"The file {file} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        raise UserError(
            f"The file {file} is damaged.", "Move it out of its folder; recipes lie beside it."
        ) from error
