"""What the engineer says of an image's reference: which one it is, and how the image lies on it."""

from dataclasses import dataclass
from pathlib import Path

from core.domain.ids import ImageId


@dataclass(frozen=True, slots=True)
class ReferenceChoice:
    """What is followed in place of the lot's own word and of the registration.

    Attributes:
        file: path of the reference; empty where there shall be none; None follows the lot.
        shift_xy: content of the image lies this far right of and below where the reference shows it, px; None follows
            the registration.
    """

    file: str | None = None
    shift_xy: tuple[float, float] | None = None

    def reference_of(self, given: Path | None) -> Path | None:
        """The reference in force, where the lot gives this one."""
        if self.file is None:
            return given
        return Path(self.file) if self.file else None


AS_GIVEN = ReferenceChoice()


@dataclass(frozen=True, slots=True)
class ReferenceChange:
    """A typed, invertible delta: one image goes from one choice to another."""

    image_id: ImageId
    before: ReferenceChoice
    after: ReferenceChoice
