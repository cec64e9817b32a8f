"""Commands, queries and events, and their names on the wire.

A message is declared once, in a service's `contracts.py`:

    class GetProgram(Query[Program], service="content"): ...     # content.get_program
    class ProgramPublished(Event, service="content"): ...        # ca.emploinexus.content.program_published.v1

Writing a message rejects unknown fields; reading one from the wire (`read`) ignores them, so that a
newer sender and an older receiver understand each other.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Generic, Self, TypeVar
from uuid import uuid4

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from nexus.errors import InvalidInput

R = TypeVar("R")

# What no text needs: control characters of old and of ISO 6429, and what Unicode keeps free for ever. HTML forbids it.
NO_TEXT = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff"
_CONTROL = re.compile(f"[{NO_TEXT}]")
PRINTABLE = {"pattern": f"^[^{NO_TEXT}]*$"}  # for JSON schemas
EVENT_NAMESPACE = "ca.emploinexus"
EVERY_SECTOR = "*"  # in place of the names of sectors


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


class Message(BaseModel):
    """Anything that travels: frozen, without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """The message in `data`, a decoded JSON object.

        Raises InvalidInput(`invalid_message`) with the fields at fault."""
        try:
            return cls.model_validate(data, extra="ignore")
        except ValidationError as error:
            raise InvalidInput("invalid_message", errors=field_errors(error)) from None


class Request(Message, Generic[R]):
    """A message that one service answers with an `R`."""

    service: ClassVar[str | None] = None  # None: every service answers it, the caller names which
    method: ClassVar[str] = ""
    result: ClassVar[TypeAdapter[Any]]

    def __init_subclass__(cls, *, service: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)  # typing.Generic takes no arguments of a class

    @classmethod
    def __pydantic_init_subclass__(cls, *, service: str | None = None, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        arguments = cls.__pydantic_generic_metadata__["args"]
        if arguments and not isinstance(arguments[0], TypeVar):
            cls.result = TypeAdapter(arguments[0])
        if service:
            cls.service = service
        cls.method = _snake_case(cls.__name__)


class Command(Request[R], Generic[R]):
    """A request that changes something; imperative."""


class Query(Request[R], Generic[R]):
    """A request that changes nothing."""


class Event(Message):
    """What happened to one document; past tense. It carries the document's revision: late news shows."""

    source: ClassVar[str]
    type: ClassVar[str]

    def __init_subclass__(cls, *, service: str | None = None, version: int = 1, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)

    @classmethod
    def __pydantic_init_subclass__(
        cls, *, service: str | None = None, version: int = 1, **kwargs: Any
    ) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if service:
            cls.source = service
            cls.type = f"{EVENT_NAMESPACE}.{service}.{_snake_case(cls.__name__)}.v{version}"

    @property
    def subject(self) -> str:
        """The identity of the document that it happened to."""
        raise NotImplementedError

    @property
    def belongs_to(self) -> tuple[str, ...] | None:
        """The sectors whose it is (none named: of all of them), by default its field `sector`; None: no sector's,
        so that operators alone see it where it is parked."""
        sector = getattr(self, "sector", None)
        return (sector,) if sector else None


class CloudEvent(BaseModel):
    """The envelope of an event: CloudEvents 1.0, JSON format, with the distributed-tracing extension.

    https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md

    `sectors` is an extension of ours, so that it is known whose an event is that no handler can read: names with a
    space between them, or EVERY_SECTOR."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: str = "1.0"
    id: str = Field(default_factory=lambda: uuid4().hex)
    source: str
    type: str
    subject: str
    time: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC))
    datacontenttype: str = "application/json"
    traceparent: str | None = None
    sectors: str | None = None
    data: dict[str, Any]

    @classmethod
    def of(cls, event: Event, traceparent: str | None = None) -> Self:
        """A new envelope around `event`."""
        return cls(
            source=f"/{event.source}",
            type=event.type,
            subject=event.subject,
            traceparent=traceparent,
            sectors=None if event.belongs_to is None else " ".join(event.belongs_to) or EVERY_SECTOR,
            data=event.model_dump(mode="json"),
        )

    @property
    def service(self) -> str:
        """The service that published it."""
        return self.source.removeprefix("/")


def without_control_characters(text: str) -> str:
    """`text`, for use as a validator of fields. Raises ValueError if it holds what no text needs."""
    if _CONTROL.search(text):
        raise ValueError("control characters are not allowed")
    return text


def field_errors(error: ValidationError) -> list[dict[str, str]]:
    """What pydantic found wrong, as `[{"field": "pages.0.title", "reason": …, "type": …}]`."""
    return [
        {
            "field": ".".join(str(part) for part in item["loc"]),
            "reason": item["msg"],
            "type": item["type"],
        }
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    ]
