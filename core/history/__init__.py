"""What is kept: lots, runs, detections, classes, decisions and the audit trail in one SQLite file."""

from core.history.audit import AuditReport
from core.history.history import History
from core.history.map_store import MapStore

__all__ = ["AuditReport", "History", "MapStore"]
