"""Which class number a decision is written as: of the file's own class lookup where that can be."""

from collections.abc import Iterable, Mapping

from core.domain.decisions import DefectClass, Judgement, Verdict
from core.domain.errors import UserError
from core.domain.ids import ClassId
from core.klarf import Klarf
from core.klarf.class_edits import free_numbers

RESERVED = range(9000, 10000)
"""Numbers for classes that the file does not know and that have none of their own."""
VERDICT_CLASSES: Mapping[Verdict, str] = {
    Verdict.NUISANCE: "Nuisance",
    Verdict.FALSE: "False",
    Verdict.NON_VISUAL: "Non-visual",
}
"""A verdict without a class is a class where the field has one for it; a real defect of no class has none."""


class ClassNumbers:
    """Finds or makes the number of a decision.

    A class is the entry of the lookup that bears its name in any letter case; else the one with its own number; else
    it is appended, under its own number or the next free one of the reserved range.
    """

    def __init__(self, klarf: Klarf, classes: Iterable[DefectClass]) -> None:
        known = klarf.classes
        pairs = [] if known is None else list(zip(known.numbers, known.names, strict=True))
        self._by_name = {name.casefold(): number for number, name in reversed(pairs)}
        self._listed = {number for number, _ in pairs}
        self._classes = {one.id: one for one in classes}
        taken = {one.code for one in self._classes.values()}
        self._free = (number for number in free_numbers(klarf, RESERVED) if number not in taken)
        self.added: list[tuple[int, str]] = []

    def class_of(self, judgement: Judgement) -> tuple[str, int | None] | None:
        """Name and own number of the class that a judgement names; None where it names none."""
        if judgement.class_id is not None:
            one = self._classes[ClassId(judgement.class_id)]
            return one.name, one.code
        word = None if judgement.verdict is None else VERDICT_CLASSES.get(judgement.verdict)
        return None if word is None else (word, None)

    def named(self, name: str) -> tuple[str, int | None]:
        """A class by its name in any letter case, as `class_of` gives it; with no own number where it is not known."""
        known = next((one for one in self._classes.values() if one.name.casefold() == name.casefold()), None)
        return (name, None) if known is None else (known.name, known.code)

    def number_of(self, named: tuple[str, int | None]) -> int:
        """The class number of what `class_of` found.

        Raises:
            UserError: the reserved range is used up, or two classes have the same number.
        """
        name, code = named
        known = self._by_name.get(name.casefold())
        if known is not None:
            return known
        if code is not None and code in self._listed:
            return code
        number = next(self._free) if code is None else code
        if other := next((other for given, other in self.added if given == number), None):
            raise UserError(
                f"The classes {other} and {name} both have the number {number}.",
                "Change one of them in the class manager.",
            )
        self._by_name[name.casefold()] = number
        self.added.append((number, name))
        return number
