"""What every part of the history's front door stands on: the file, and who works with it."""

from core.history.database import Database
from core.history.stamp import Stamp, stamp_now


class Session:
    """One reviewer at one history file.

    Attributes:
        reviewer: who decides in this session.
    """

    def __init__(self, database: Database, reviewer: str, app_version: str) -> None:
        self._database, self._app_version = database, app_version
        self.reviewer = reviewer

    def _stamp(self) -> Stamp:
        return stamp_now(self.reviewer, self._app_version)
