"""Discovery on a lot of the history: made once, kept, and read again as it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.domain.arrays import FloatArray
from core.domain.discovery import Discovery
from core.domain.ids import ClassId, DiscoveryId, LotId
from core.domain.stored_discovery import CropTable, DiscoveryOrigin, StoredDiscovery
from core.services.discovery.cluster_figures import to_unit
from core.services.workspace import Workspace


@dataclass(frozen=True, slots=True, eq=False)
class OpenDiscovery:
    """A stored discovery with its embeddings.

    Attributes:
        stored: as it stands now.
        unit: (N, D) float32, the embeddings with length 1.
    """

    stored: StoredDiscovery
    unit: FloatArray


def read_discovery(
    workspace: Workspace, lot_id: LotId, known: OpenDiscovery | None = None
) -> OpenDiscovery | None:
    """The lot's newest discovery; None before the first.

    Args:
        known: as it was read before; its embeddings, which never change, are not read again.

    Raises:
        UserError: the embeddings are gone or damaged.
    """
    stored = workspace.history.discoveries.newest(lot_id, None if known is None else known.stored)
    if stored is None:
        return None
    if known is not None and known.stored.origin.embeddings_file == stored.origin.embeddings_file:
        return OpenDiscovery(stored, known.unit)
    return OpenDiscovery(stored, to_unit(workspace.maps.load_embeddings(stored.origin.embeddings_file)))


def keep_discovery(
    workspace: Workspace,
    lot_id: LotId,
    found: Discovery,
    table: CropTable,
    embeddings: FloatArray,
    origin: DiscoveryOrigin,
    class_ids: Sequence[ClassId],
) -> DiscoveryId:
    """Store a discovery of a lot: the embeddings first, so that no row names a file that is not there.

    Args:
        origin: its `embeddings_file` is filled in here.
        class_ids: of the known classes, the first clusters.

    Raises:
        UserError: the disk is full or cannot be written.
    """
    stored = replace(origin, embeddings_file=workspace.maps.save_embeddings(embeddings))
    return workspace.history.discoveries.add(lot_id, found, table, stored, class_ids)
