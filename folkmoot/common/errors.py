"""The one family of errors. Doors render them; nothing else reaches a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with something handed in.

    ``where`` names the place ("row 12", "catalogue/measures/x.yaml, polarity"), ``what`` the
    trouble with the value seen, ``remedy`` what to do about it.
    """

    where: str
    what: str
    remedy: str
    kind: str = "invalid"
    value: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.what} {self.remedy}"


class FolkmootError(Exception):
    """Base of every error that a person may be shown."""

    code = "error"
    status = 500

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadInput(FolkmootError):
    """What was handed in is refused; every fault is named at once."""

    code = "bad-input"
    status = 400

    def __init__(self, faults: Sequence[Fault], message: str = "") -> None:
        self.faults = tuple(faults)
        count = len(self.faults)
        super().__init__(message or f"{count} fault{'' if count == 1 else 's'} found.")


class NotFound(FolkmootError):
    """There is no such thing here; ``suggestions`` are (name, path) pairs that may help."""

    code = "not-found"
    status = 404

    def __init__(self, message: str, suggestions: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(message)
        self.suggestions = tuple(suggestions)


class NotAllowed(FolkmootError):
    """The actor may not do this."""

    code = "not-allowed"
    status = 403


class Conflict(FolkmootError):
    """Something changed meanwhile; look again and retry."""

    code = "conflict"
    status = 409


class TooOften(FolkmootError):
    """This has been tried too often; it may be tried again later."""

    code = "too-often"
    status = 429


class SwitchedOff(FolkmootError):
    """The operator has switched this off for now, for everyone."""

    code = "switched-off"
    status = 503


class Away(FolkmootError):
    """The database cannot be reached, so nothing can be looked up or saved."""

    code = "away"
    status = 503


def error_body(error: FolkmootError) -> dict[str, object]:
    """The one JSON shape of every error, for every door: ``{"error": {...}}``."""
    faults = error.faults if isinstance(error, BadInput) else ()
    suggestions = error.suggestions if isinstance(error, NotFound) else ()
    return {
        "error": {
            "code": error.code,
            "message": error.message,
            "faults": [
                {
                    "where": fault.where,
                    "what": fault.what,
                    "remedy": fault.remedy,
                    "kind": fault.kind,
                    "value": fault.value,
                }
                for fault in faults
            ],
            "suggestions": [{"name": name, "path": path} for name, path in suggestions],
        }
    }
