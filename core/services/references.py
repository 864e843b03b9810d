"""What the engineer says of references: each call is one durable, undoable action."""

from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from core.domain.ids import LotId
from core.domain.lots import ImageRecord
from core.domain.paths import source_path
from core.domain.references import AS_GIVEN, ReferenceChange, ReferenceChoice
from core.domain.review import ChangeSet, ReviewItem
from core.jobs import JobContext
from core.lots import read_gray
from core.lots.references import with_golden_die, with_references
from core.lots.sources import Entry, Listing
from core.services.workspace import Workspace


def choose_references(workspace: Workspace, lot_id: LotId, source: Path, ctx: JobContext) -> ChangeSet:
    """Compare a lot with a golden image, with another die of its own, or with a folder of references from now on.

    Images that get another reference forget what was said of their place on the former one.

    Args:
        source: an image file, of the lot or not; or a folder.

    Raises:
        UserError: it is not there, cannot be read, or holds no namesake of any image.
    """
    ctx.report(0, 0, "Looking for references")
    source = source_path(source)
    if source.is_file():
        read_gray(source)  # before the lot is said to have it
    return _choose(workspace, lot_id, f"Reference {source.name}", lambda lot: with_references(lot, source))


def choose_golden_die(workspace: Workspace, lot_id: LotId, word: str) -> ChangeSet:
    """Compare every other die of a lot with the golden one from now on, site by site.

    Args:
        word: the golden die as it stands in the names, for example "die1".

    Raises:
        UserError: no names differ in that alone.
    """
    return _choose(workspace, lot_id, f"Golden die {word}", lambda lot: with_golden_die(lot, word))


def _choose(
    workspace: Workspace, lot_id: LotId, title: str, refer: Callable[[Listing], Listing]
) -> ChangeSet:
    items = [item for item in workspace.history.list_items(lot_id) if isinstance(item.record, ImageRecord)]
    changes = [
        ReferenceChange(item.image_id, item.choice, ReferenceChoice(str(entry.reference)))
        for item, entry in zip(items, refer(_listing_of(items)).entries, strict=True)
        if entry.reference is not None and entry.reference != item.reference
    ]
    return workspace.history.choose_references(f"{title}: {len(changes):,} images", lot_id, changes)


def follow_lot(workspace: Workspace, lot_id: LotId) -> ChangeSet:
    """Take the references again that the lot itself gives, each where it is registered."""
    items = [item for item in workspace.history.list_items(lot_id) if item.choice != AS_GIVEN]
    changes = [ReferenceChange(item.image_id, item.choice, AS_GIVEN) for item in items]
    return workspace.history.choose_references("References as the lot gives them", lot_id, changes)


def place_on_reference(
    workspace: Workspace, lot_id: LotId, item: ReviewItem, shift_xy: tuple[float, float] | None
) -> ChangeSet:
    """Say how an image lies on its reference; the next comparison follows it.

    Args:
        item: as the caller sees it.
        shift_xy: content of the image lies this far right of and below where the reference shows it, px; None follows
            the registration again.

    Raises:
        UserError: somebody said otherwise meanwhile, or the disk cannot be written.
    """
    change = ReferenceChange(item.image_id, item.choice, ReferenceChoice(item.choice.file, shift_xy))
    title = f"{'Move' if shift_xy else 'Register'} reference: {item.record.name}"
    return workspace.history.choose_references(title, lot_id, [change])


def _listing_of(items: Sequence[ReviewItem]) -> Listing:
    """The lot as it would be listed, its references those in force."""
    records = [item.record for item in items if isinstance(item.record, ImageRecord)]
    root = _root_of(records[0]) if records else Path()
    entries = tuple(Entry(record.path, record.name, record.reference) for record in records)
    return Listing(root.name, root, root, entries)


def _root_of(record: ImageRecord) -> Path:
    """The folder that its name is relative to."""
    parts = PurePosixPath(record.name.partition("#page=")[0]).parts
    return (
        record.path.parents[len(parts) - 1] if len(parts) <= len(record.path.parents) else record.path.parent
    )
