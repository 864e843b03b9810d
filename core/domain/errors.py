"""Errors that are the environment's fault, and the one that is nobody's."""


class UserError(Exception):
    """Something the user can mend: a sentence that says what is wrong, and a hint that says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class JobCancelled(Exception):
    """Raised inside a job when its owner asked it to stop."""
