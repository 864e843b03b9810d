"""The numbered steps from an empty file to the present schema, oldest first. Append only."""

from core.history.migrations import v0001_first_schema
from core.history.migrations.runner import Migration, migrate

MIGRATIONS = (Migration(1, "first schema", v0001_first_schema.apply),)

__all__ = ["MIGRATIONS", "Migration", "migrate"]
