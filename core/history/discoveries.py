"""Discoveries of lots, and the work on their clusters: each action one transaction, on the lot's undo."""

from collections.abc import Callable, Sequence

from core.domain.decisions import ClassDraft
from core.domain.discovery import Discovery
from core.domain.ids import ClassId, ClusterId, CropId, DiscoveryId, LotId
from core.domain.review import ChangeSet, JudgementChange, Subject
from core.domain.stored_discovery import (
    CropTable,
    DiscoveryOrigin,
    StoredDiscovery,
)
from core.history import discovery_reading
from core.history.classes import make_class
from core.history.database import Database
from core.history.decisions import apply_action
from core.history.discovery_writing import Naming, add_discovery, certify, make_cluster
from core.history.edits import Edit
from core.history.stamp import Stamp

RelabelWith = Callable[[ClassId], Sequence[JudgementChange]]
"""The judgements that follow once the class's id is known."""


class Discoveries:
    """One history's discoveries, usable from any thread."""

    def __init__(self, database: Database, stamp: Callable[[], Stamp]) -> None:
        self._database, self._stamp = database, stamp

    def add(
        self,
        lot_id: LotId,
        found: Discovery,
        table: CropTable,
        origin: DiscoveryOrigin,
        class_ids: Sequence[ClassId],
    ) -> DiscoveryId:
        """Keep a discovery as the lot's newest; an undo brings the one before it back.

        Args:
            class_ids: of the known classes, which are the first clusters.
        """
        with self._database.write() as connection:
            return add_discovery(connection, lot_id, found, table, origin, class_ids, self._stamp())

    def newest(self, lot_id: LotId, known: StoredDiscovery | None = None) -> StoredDiscovery | None:
        """The lot's newest discovery as it stands now; None before the first.

        Args:
            known: as it was read before, which spares reading what cannot have changed.
        """
        with self._database.read() as connection:
            discovery_id = discovery_reading.newest_id(connection, lot_id)
            return None if discovery_id is None else discovery_reading.find(connection, discovery_id, known)

    def models(self) -> tuple[str, ...]:
        """Fingerprints of the embeddings that lots were discovered with last."""
        with self._database.read() as connection:
            return discovery_reading.models(connection)

    def newest_of_model(self, model_sha256: str) -> tuple[StoredDiscovery, ...]:
        """Every lot's newest discovery, where it was embedded by this model."""
        with self._database.read() as connection:
            ids = discovery_reading.newest_ids_of_model(connection, model_sha256)
            return tuple(discovery_reading.find(connection, discovery_id) for discovery_id in ids)

    def crops_of(self, crop_ids: Sequence[CropId]) -> tuple[discovery_reading.CropPlace, ...]:
        """Where crops were cut, for their pictures; in the order asked for."""
        with self._database.read() as connection:
            return discovery_reading.crop_places(connection, crop_ids)

    def edit(
        self, title: str, lot_id: LotId, edits: Sequence[Edit], changes: Sequence[JudgementChange] = ()
    ) -> ChangeSet:
        """Record an action on clusters and crops, and what it does to judgements.

        Raises:
            UserError: something is no longer what the action starts from.
        """
        with self._database.write() as connection:
            return apply_action(connection, title, lot_id, edits, changes, self._stamp())

    def split(
        self,
        title: str,
        discovery: StoredDiscovery,
        name: str,
        edits_into: Callable[[ClusterId], Sequence[Edit]],
        changes: Sequence[JudgementChange] = (),
    ) -> ChangeSet:
        """Make a cluster and move crops into it, by the edits that follow from its id.

        Raises:
            UserError: something is no longer what the action starts from.
        """
        with self._database.write() as connection:
            cluster_id, made = make_cluster(connection, discovery.id, name)
            edits = [made, *edits_into(cluster_id)]
            return apply_action(connection, title, discovery.lot_id, edits, changes, self._stamp())

    def name_as_new(
        self,
        title: str,
        discovery: StoredDiscovery,
        draft: ClassDraft,
        naming: Naming,
        relabel: RelabelWith,
    ) -> ChangeSet:
        """Make a class of a cluster, with its birth certificate.

        Raises:
            UserError: the name is empty or taken, or something is no longer what the action starts from.
        """
        stamp, before = self._stamp(), naming.cluster.class_id
        with self._database.write() as connection:
            class_id, made = make_class(connection, draft)
            taken = Edit(Subject.CLUSTER, (naming.cluster.id,), {"class_id": before}, {"class_id": class_id})
            certify(connection, class_id, discovery, naming, stamp)
            return apply_action(connection, title, discovery.lot_id, [made, taken], relabel(class_id), stamp)
