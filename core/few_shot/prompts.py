"""What CLIP's text encoder is told of each class: states put into templates, from a file that people edit."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from core.domain.errors import UserError

DEFAULT_FILE = "sem.yaml"
_SLOT = "{}"


class ClassPrompts(BaseModel):
    """How one class may look.

    Attributes:
        also: other names of the class.
        states: descriptions, each of which is put into every template.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    also: tuple[str, ...] = ()
    states: tuple[str, ...] = Field(min_length=1)


class PromptBook(BaseModel):
    """Composite prompts of every class.

    Attributes:
        templates: sentences about the picture with one slot for a state.
        fallback: states with one slot for the name of a class that has no entry.
        classes: by name.

    Source:
        Jin et al. 2024 (SEM-CLIP), Sec. 3.1: template level × state level. The wording is ours.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    templates: tuple[str, ...] = Field(min_length=1)
    fallback: tuple[str, ...] = Field(min_length=1)
    classes: dict[str, ClassPrompts]

    @field_validator("templates", "fallback")
    @classmethod
    def _one_slot(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [text for text in value if text.count(_SLOT) != 1]:
            raise ValueError(f"“{wrong[0]}” needs exactly one {_SLOT}")
        return value

    def sentences_of(self, name: str) -> tuple[str, ...]:
        """Every prompt of a class: each of its states in each template."""
        entry = self._entry(name)
        states = [text.replace(_SLOT, name) for text in self.fallback] if entry is None else entry.states
        return tuple(template.replace(_SLOT, state) for state in states for template in self.templates)

    def describes(self, names: Sequence[str]) -> tuple[str, ...]:
        """Those of the names that have an entry of their own."""
        return tuple(name for name in names if self._entry(name) is not None)

    def _entry(self, name: str) -> ClassPrompts | None:
        wanted = _key(name)
        for own, prompts in self.classes.items():
            if wanted in {_key(own), *map(_key, prompts.also)}:
                return prompts
        return None


def read_prompts(path: Path | None = None) -> PromptBook:
    """Read a prompt file.

    Args:
        path: YAML; None for the shipped one.

    Raises:
        UserError: the file cannot be read or is not a prompt book.
    """
    path = path or Path(str(files("resources.prompts").joinpath(DEFAULT_FILE)))
    try:
        return PromptBook.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise UserError(f"The prompts {path} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{path.name} is not valid YAML: {_first_line(error)}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise UserError(f"The prompts {path.name} are not valid: {place}: {first['msg']}.") from error


def _key(name: str) -> str:
    """Names that differ in case, spaces, dashes or underscores are the same."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
