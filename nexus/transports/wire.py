"""What a request, an answer and a refusal look like on nameko's RPC wire.

Request:  {"args": [], "kwargs": {…the fields…}}, headers `traceparent` and `nexus-caller` (JSON)
Answer:   {"result": …, "error": null}
Refusal:  {"result": null, "error": {"exc_type": family, "exc_args": [code, details as JSON], …}}"""

from typing import Any

import orjson

from nexus.caller import Caller, Role
from nexus.errors import Defect, Forbidden, NexusError, error_from

CALLER_HEADER = "nexus-caller"
TRACE_HEADER = "traceparent"
_GATEWAY_USER = "gateway-"
_RESULT, _NO_ERROR = b'{"result":', b',"error":null}'

JSON_TYPE = "application/json"
EVENT_TYPE = "application/cloudevents+json"


def request_body(fields: bytes | str) -> bytes:
    """The body of a request whose fields are a JSON object."""
    text = fields if isinstance(fields, bytes) else fields.encode()
    return b'{"args":[],"kwargs":' + text + b"}"


def read_caller(header: Any, broker_user: str | None) -> Caller:
    """Who calls. What a gateway says of its sector must agree with the broker user that sent the message,
    which RabbitMQ has validated; `gateway-tic` speaks for `tic` alone, and is no service. Raises Forbidden."""
    try:
        caller = Caller.model_validate_json(header) if header else Caller()
    except ValueError:
        raise Forbidden("caller_unreadable") from None
    if header and not broker_user:  # RabbitMQ validates `user_id` only where it is set
        raise Forbidden("sender_not_proven")
    if broker_user and broker_user.startswith(_GATEWAY_USER):
        sector = broker_user.removeprefix(_GATEWAY_USER)
        if caller.sector != sector:
            raise Forbidden("sector_not_proven", sector=caller.sector)
        if Role.SYSTEM in caller.roles:
            raise Forbidden("role_not_proven", role=Role.SYSTEM)
    return caller


def refusal_arguments(error: NexusError) -> tuple[str, str]:
    """What to put in `exc_args`: nameko would turn the numbers in a dict into strings."""
    return error.code, orjson.dumps(error.details, default=str).decode()


def read_answer(body: bytes) -> bytes:
    """The result, as JSON, of a reply. Raises the NexusError that it carries."""
    if body.startswith(_RESULT) and body.endswith(
        _NO_ERROR
    ):  # as our services write it: no need to parse twice
        return body[len(_RESULT) : -len(_NO_ERROR)]
    reply = orjson.loads(body)
    if reply.get("error") is not None:
        raise _refusal(reply["error"])
    return orjson.dumps(reply["result"])


def _refusal(error: dict[str, Any]) -> NexusError:
    match error.get("exc_args"):
        case [str(code), str(details)]:
            return error_from(str(error.get("exc_type")), code, orjson.loads(details))
        case _:
            return Defect(exc_type=error.get("exc_type"))
