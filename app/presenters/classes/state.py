"""What the class manager shows."""

from dataclasses import dataclass

from core.domain.ids import ClassId
from core.services.classes.managing import ClassRow
from core.services.classes.search import ClassHit


@dataclass(frozen=True, slots=True)
class ClassesState:
    """What is shown; `hits` are None before anybody searched."""

    rows: tuple[ClassRow, ...] = ()
    chosen: ClassId | None = None
    with_retired: bool = False
    hits: tuple[ClassHit, ...] | None = None

    @property
    def row(self) -> ClassRow | None:
        """The chosen class."""
        return next((row for row in self.rows if row.known.id == self.chosen), None)
