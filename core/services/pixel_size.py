"""The size of a pixel: what the images' metadata say, and what a person says where they do not."""

import math
from collections import Counter
from dataclasses import dataclass

from core.domain.errors import UserError
from core.domain.ids import LotId
from core.domain.lengths import NOTE_LENGTH
from core.domain.lots import GivenPixelSize, PixelSize
from core.services.workspace import Workspace

SMALLEST_NM, LARGEST_NM = 1e-3, 1e6


@dataclass(frozen=True, slots=True)
class LotPixelSizes:
    """What is known of a lot's pixel sizes.

    Attributes:
        counts: images of each size in force, the commonest first; None for those of no known size.
        given: by a person; None where nobody gave one.
    """

    counts: tuple[tuple[PixelSize | None, int], ...]
    given: GivenPixelSize | None


def list_pixel_sizes(workspace: Workspace, lot_id: LotId) -> LotPixelSizes:
    """The pixel sizes in force, and what a person said."""
    given = workspace.history.given_pixel_size(lot_id)
    sizes: Counter[PixelSize | None] = Counter()
    for stored, images in workspace.history.count_stored_sizes(lot_id):
        sizes[stored if given is None else given.applied_to(stored)] += images
    return LotPixelSizes(tuple(sizes.most_common()), given)


def give_pixel_size(
    workspace: Workspace, lot_id: LotId, nm: float, how: str = "", *, overrides: bool = False
) -> None:
    """Say how wide a pixel of a lot's images is; reports name who said it, when and how.

    Args:
        nm: width of a pixel on the wafer.
        how: how the reviewer knows, such as "scale bar: 500 nm are 231 px".
        overrides: also where an image's own metadata say otherwise.

    Raises:
        UserError: no pixel of a microscope is of that size, or the words are too long.
    """
    if not (math.isfinite(nm) and SMALLEST_NM <= nm <= LARGEST_NM):
        raise UserError(
            f"A pixel of {nm:g} nm cannot be.",
            f"It is between {SMALLEST_NM:g} and {LARGEST_NM:,.0f} nm wide.",
        )
    if len(how) > NOTE_LENGTH:
        raise UserError("That is too long a reason.", f"It may have {NOTE_LENGTH} characters.")
    workspace.history.give_pixel_size(lot_id, nm, " ".join(how.split()), overrides=overrides)


def take_pixel_size_back(workspace: Workspace, lot_id: LotId) -> None:
    """Go by the images' metadata alone again."""
    workspace.history.give_pixel_size(lot_id, None, "", overrides=False)
