"""The one tree of refusals. Each has a stable code; a person's words for it live in the gateway.

NexusError
├── InvalidInput      the request itself is wrong                      400
├── Forbidden         the caller has no right to it                    403
├── NotFound          it does not exist, or not for this caller        404
├── Conflict          it clashes with what is stored                   409
│   └── StaleRevision   an edit of a revision that is no longer current
├── Unavailable       an engine or a service is away; try again later  503
│   └── DeadlineExceeded  no answer in time                            504
└── Defect            a bug of ours                                    500
"""

from typing import Any, ClassVar

__all__ = [
    "Conflict",
    "DeadlineExceeded",
    "Defect",
    "Forbidden",
    "InvalidInput",
    "NexusError",
    "NotFound",
    "StaleRevision",
    "Unavailable",
    "error_from",
]


class NexusError(Exception):
    """A refusal with a stable `code` for programs and `details` (JSON-able) that explain it."""

    status: ClassVar[int] = 500
    default_code: ClassVar[str] = "internal_error"

    def __init__(self, code: str | None = None, /, **details: Any) -> None:
        self.code = code or self.default_code
        self.details = details
        super().__init__(self.code, details)

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.details.items())
        return f"{self.code} ({told[:500]})" if told else self.code


class InvalidInput(NexusError):
    status = 400
    default_code = "invalid_input"


class Forbidden(NexusError):
    status = 403
    default_code = "forbidden"


class NotFound(NexusError):
    status = 404
    default_code = "not_found"


class Conflict(NexusError):
    status = 409
    default_code = "conflict"


class StaleRevision(Conflict):
    """Somebody saved a later revision; `details` holds `yours` and `current`, both whole."""

    default_code = "stale_revision"


class Unavailable(NexusError):
    status = 503
    default_code = "unavailable"


class DeadlineExceeded(Unavailable):
    status = 504
    default_code = "deadline_exceeded"


class Defect(NexusError):
    pass


_FAMILIES: tuple[type[NexusError], ...] = (
    InvalidInput,
    Forbidden,
    NotFound,
    StaleRevision,
    Conflict,
    DeadlineExceeded,
    Unavailable,
    Defect,
)
_BY_NAME = {family.__name__: family for family in _FAMILIES}


def error_from(family: str, code: str, details: dict[str, Any]) -> NexusError:
    """The error that travelled as `family`, `code` and `details`; a Defect if the family is unknown."""
    return _BY_NAME.get(family, Defect)(code, **details)
