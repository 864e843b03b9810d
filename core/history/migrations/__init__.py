"""The numbered steps from an empty file to the present schema, oldest first. Append only."""

from core.history.migrations import (
    v0001_first_schema,
    v0002_lot_of_operations,
    v0003_lower_threshold,
    v0004_discoveries,
    v0005_references,
    v0006_wafers,
    v0007_dispositions_and_search,
    v0008_suggested_class,
    v0009_pixel_sizes,
)
from core.history.migrations.runner import Migration, migrate

MIGRATIONS = (
    Migration(1, "first schema", v0001_first_schema.apply),
    Migration(2, "lot of operations", v0002_lot_of_operations.apply),
    Migration(3, "lower threshold", v0003_lower_threshold.apply),
    Migration(4, "discoveries and the life of a class", v0004_discoveries.apply),
    Migration(5, "alignments, and references by hand", v0005_references.apply),
    Migration(6, "wafers and defects", v0006_wafers.apply),
    Migration(7, "dispositions, and search", v0007_dispositions_and_search.apply),
    Migration(8, "the class that a model suggests", v0008_suggested_class.apply),
    Migration(9, "pixel sizes by hand", v0009_pixel_sizes.apply),
)

__all__ = ["MIGRATIONS", "Migration", "migrate"]
