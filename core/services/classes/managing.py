"""The class table: what an engineer does with classes. Each call is one durable action that can be undone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.domain.decisions import ClassDraft, ClassEvent, ClassUsage, DefectClass
from core.domain.errors import UserError
from core.domain.ids import ClassId, ImageId, LotId
from core.domain.review import ChangeSet, ReviewItem
from core.domain.stored_discovery import ClassBirth
from core.services.decisions import CLASS_COLORS
from core.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One line of the class manager.

    Attributes:
        usage: what bears it now.
        birth: where it came from; None where a person made it by hand.
    """

    known: DefectClass
    usage: ClassUsage
    birth: ClassBirth | None


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What a merge would change.

    Attributes:
        images: labelled images that change their class, by the lot's name.
        clusters: clusters of discoveries that do.
    """

    source: DefectClass
    target: DefectClass
    images: tuple[tuple[str, int], ...]
    clusters: int
    frees_key: int | None


def list_class_rows(workspace: Workspace, *, include_retired: bool = True) -> tuple[ClassRow, ...]:
    """The classes in the order in which they were made."""
    usage = workspace.history.class_table.usage()
    births = workspace.history.class_table.births()
    return tuple(
        ClassRow(known, usage.get(known.id, ClassUsage()), births.get(known.id))
        for known in workspace.history.list_classes(include_retired=include_retired)
    )


def draft_class(workspace: Workspace, name: str) -> ClassDraft:
    """A class yet to be made, in a colour that the classes so far leave free."""
    made = len(workspace.history.list_classes(include_retired=True))
    return ClassDraft(name, color=CLASS_COLORS[made % len(CLASS_COLORS)])


def create_class(workspace: Workspace, draft: ClassDraft) -> ChangeSet:
    """Make a class.

    Raises:
        UserError: the name is empty or taken, or the key is.
    """
    return workspace.history.class_table.change(f"Make {draft.name.strip()}", added=[draft])


def change_class(workspace: Workspace, before: DefectClass, after: DefectClass) -> ChangeSet:
    """Give a class another name, code, colour, key, description, killer flag or other exemplars; its id stays.

    Raises:
        UserError: the name is empty or taken, the key is taken, or somebody was faster.
    """
    verb = "Rename" if before.name != after.name else "Change"
    return workspace.history.class_table.change(f"{verb} {before.name}", moved=[(before, after)])


def retire_class(workspace: Workspace, known: DefectClass) -> ChangeSet:
    """Offer a class no more and free its key; what is labelled with it keeps the label."""
    gone = replace(known, retired=True, slot=None)
    return workspace.history.class_table.change(f"Retire {known.name}", moved=[(known, gone)])


def unretire_class(workspace: Workspace, known: DefectClass) -> ChangeSet:
    """Offer a retired class again."""
    back = replace(known, retired=False, merged_into=None)
    return workspace.history.class_table.change(f"Take back {known.name}", moved=[(known, back)])


def preview_merge(workspace: Workspace, source: DefectClass, target: DefectClass) -> MergePreview:
    """What `merge_classes` would change.

    Raises:
        UserError: they are one and the same, or the target is retired.
    """
    if source.id == target.id:
        raise UserError("A class cannot be merged into itself.", "Choose another one.")
    if target.retired:
        raise UserError(f"“{target.name}” is retired.", "Take it back first, or choose another class.")
    usage = workspace.history.class_table.usage().get(source.id, ClassUsage())
    return MergePreview(source, target, usage.images, usage.clusters, source.slot)


def merge_classes(workspace: Workspace, preview: MergePreview) -> ChangeSet:
    """Carry out a merge: images and clusters of the source bear the target, and the source is retired.

    Raises:
        UserError: somebody was faster.
    """
    source, target = preview.source, preview.target
    return workspace.history.class_table.merge(f"Merge {source.name} into {target.name}", source, target)


def split_class(workspace: Workspace, draft: ClassDraft, chosen: Sequence[ImageId]) -> ChangeSet:
    """Make a new class of some of a class's images.

    Raises:
        UserError: no image is chosen, the name is empty or taken, or the key is.
    """
    if not chosen:
        raise UserError("No image is selected.", "Select the images that shall bear the new class.")
    images = f"{len(chosen):,} image{'s' if len(chosen) > 1 else ''}"
    return workspace.history.class_table.split(f"Split {images} off as {draft.name.strip()}", draft, chosen)


def class_events(workspace: Workspace, class_id: ClassId) -> tuple[ClassEvent, ...]:
    """What happened to a class, oldest first; from the audit."""
    return workspace.history.class_table.events(class_id)


def labelled_items(workspace: Workspace, class_id: ClassId) -> tuple[ReviewItem, ...]:
    """The images that bear a class, lot by lot."""
    wanted = workspace.history.class_table.labelled_images(class_id)
    lots = workspace.history.class_table.lots_of(wanted)
    found = {item.image_id: item for lot_id in lots for item in workspace.history.list_items(LotId(lot_id))}
    return tuple(found[image_id] for image_id in wanted if image_id in found)
