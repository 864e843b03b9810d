"""How a test image lies on its reference."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Alignment:
    """The result of a registration.

    Attributes:
        dx, dy: content of the test lies this far right of and below where the reference shows it, px.
        angle_deg: it is turned by this much, counter-clockwise on the screen.
        scale: it is this much larger.
        confidence: correlation of the two where they overlap, once aligned; 1 is identical, noise is near 0.
        rival: correlation at the best other shift; close to `confidence` where the layout repeats itself.
        is_trusted: the reference shows the same place; if not, it is no reference.
        is_by_hand: an engineer placed it; `confidence` then says how well that fits.
        reason: in words why not; empty where it is trusted.
    """

    dx: float
    dy: float
    confidence: float
    rival: float
    angle_deg: float = 0.0
    scale: float = 1.0
    is_trusted: bool = True
    reason: str = ""
    is_by_hand: bool = False

    @property
    def is_ambiguous(self) -> bool:
        """Another shift fits nearly as well: the layout repeats, and the truth may lie a period away."""
        return self.is_trusted and self.rival > AMBIGUOUS_SHARE * self.confidence


AMBIGUOUS_SHARE = 0.95
