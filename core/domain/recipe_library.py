"""Recipes as a station keeps them: under a name, in versions that never change."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, order=True)
class VersionId:
    """One version of one recipe."""

    name: str
    version: int

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """A version that is kept.

    Attributes:
        saved_by: who; empty where nobody noted it.
        saved_at_utc: when; None likewise.
        note: what the author says of it.
        is_shipped: it comes with the application and has no file.
    """

    id: VersionId
    saved_by: str = ""
    saved_at_utc: datetime | None = None
    note: str = ""
    is_shipped: bool = False


@dataclass(frozen=True, slots=True)
class RecipeLock:
    """Who forbade further versions, and when."""

    by: str
    at_utc: datetime


@dataclass(frozen=True, slots=True)
class StoredRecipe:
    """A recipe with all its versions, the newest first."""

    name: str
    versions: tuple[StoredVersion, ...]
    lock: RecipeLock | None = None

    @property
    def newest(self) -> StoredVersion:
        """The version with the highest number."""
        return self.versions[0]
