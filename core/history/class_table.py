"""Actions on the class table: each one transaction, audited, undone on a stack of its own."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import Connection, select

from core.domain.decisions import ClassDraft, ClassEvent, ClassUsage, DefectClass, Verdict
from core.domain.ids import ClassId, ImageId, LotId
from core.domain.review import ChangeSet, JudgementChange, Subject
from core.domain.stored_discovery import ClassBirth
from core.history import class_reading
from core.history.classes import class_edit, find_class, make_class, refuse_name, refuse_slot
from core.history.database import Database
from core.history.decisions import apply_action
from core.history.discovery_schema import clusters
from core.history.edits import Edit
from core.history.row_values import judgement_of
from core.history.schema import judgements, listed
from core.history.stamp import Stamp

ClassMove = tuple[DefectClass, DefectClass]
"""A class as it was shown, and as it shall be."""


class ClassTable:
    """Undoable actions on classes; one history's, usable from any thread."""

    def __init__(self, database: Database, stamp: Callable[[], Stamp]) -> None:
        self._database, self._stamp = database, stamp

    def change(
        self, title: str, *, added: Sequence[ClassDraft] = (), moved: Sequence[ClassMove] = ()
    ) -> ChangeSet:
        """Make classes and change others, all or nothing.

        Raises:
            UserError: a name is empty or taken, a key is taken, or a class is no longer what was shown.
        """
        with self._database.write() as connection:
            edits = [_checked(connection, move) for move in moved]
            made = [make_class(connection, draft)[1] for draft in added]
            return apply_action(connection, title, None, [*edits, *made], (), self._stamp())

    def merge(self, title: str, source: DefectClass, target: DefectClass) -> ChangeSet:
        """Give everything that bears `source` to `target`, and retire `source`.

        Raises:
            UserError: a class is no longer what was shown.
        """
        gone = replace(source, retired=True, slot=None, merged_into=target.id)
        exemplars = tuple(dict.fromkeys((*target.exemplars, *source.exemplars)))
        with self._database.write() as connection:
            edits = [class_edit(source, gone), class_edit(target, replace(target, exemplars=exemplars))]
            edits += _cluster_edits(connection, source.id, target.id)
            changes = _relabelled(connection, source.id, target.id)
            return apply_action(connection, title, None, edits, changes, self._stamp())

    def split(self, title: str, draft: ClassDraft, chosen: Sequence[ImageId]) -> ChangeSet:
        """Make a class of some images that bear another one.

        Raises:
            UserError: the name is empty or taken, or the key is.
        """
        with self._database.write() as connection:
            class_id, edit = make_class(connection, draft)
            changes = _labelled(connection, chosen, class_id)
            return apply_action(connection, title, None, [edit], changes, self._stamp())

    def find(self, class_id: ClassId) -> DefectClass:
        """The class with this id, whatever became of it."""
        with self._database.read() as connection:
            return find_class(connection, class_id)

    def usage(self) -> dict[ClassId, ClassUsage]:
        """What bears each class; a class that nothing bears is left out."""
        with self._database.read() as connection:
            return class_reading.usage(connection)

    def labelled_images(self, class_id: ClassId) -> tuple[ImageId, ...]:
        """Images that bear a class, by lot and place in it."""
        with self._database.read() as connection:
            return class_reading.labelled_images(connection, class_id)

    def lots_of(self, image_ids: Sequence[ImageId]) -> tuple[LotId, ...]:
        """The lots that images belong to."""
        with self._database.read() as connection:
            return class_reading.lots_of(connection, image_ids)

    def events(self, class_id: ClassId) -> tuple[ClassEvent, ...]:
        """What the audit says of a class, oldest first."""
        with self._database.read() as connection:
            return class_reading.events(connection, class_id)

    def births(self) -> dict[ClassId, ClassBirth]:
        """The certificates of the classes that were found by discovery."""
        with self._database.read() as connection:
            return class_reading.births(connection)


def _checked(connection: Connection, move: ClassMove) -> Edit:
    before, after = move
    refuse_name(connection, after.name, before.id)
    refuse_slot(connection, after.slot, before.id)
    return class_edit(before, after)


def _cluster_edits(connection: Connection, source: ClassId, target: ClassId) -> list[Edit]:
    ids = connection.execute(select(clusters.c.id).where(clusters.c.class_id == source)).scalars().all()
    return [Edit(Subject.CLUSTER, tuple(ids), {"class_id": source}, {"class_id": target})] if ids else []


def _relabelled(connection: Connection, source: ClassId, target: ClassId) -> list[JudgementChange]:
    rows = connection.execute(select(judgements).where(judgements.c.class_id == source))
    return [
        JudgementChange(ImageId(row.image_id), before, replace(before, class_id=target))
        for row in rows
        for before in (judgement_of(row),)
    ]


def _labelled(connection: Connection, chosen: Sequence[ImageId], class_id: ClassId) -> list[JudgementChange]:
    rows = connection.execute(select(judgements).where(judgements.c.image_id.in_(listed(chosen))))
    return [
        JudgementChange(
            ImageId(row.image_id), before, replace(before, class_id=class_id, verdict=Verdict.REAL)
        )
        for row in rows
        for before in (judgement_of(row),)
    ]
