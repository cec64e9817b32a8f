"""Refusals over HTTP: problem details (RFC 9457) with a stable code for programs, a page for browsers."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from gateway.i18n import translations
from gateway.sectors import Language
from gateway.words import N_
from nexus.errors import NexusError, Unavailable
from nexus.telemetry import log

MEDIA_TYPE = "application/problem+json"
_RETRY_AFTER = "5"  # seconds, while something is away

ErrorPage = Callable[[Request, int, str, Language], Response]


# code → what it is, and what to do about it
_WORDS = {
    "invalid_input": (N_("The request is not right"), N_("Correct the fields named in “errors”, then ask again.")),
    "invalid_message": (N_("The request is not right"), N_("Correct the fields named in “errors”, then ask again.")),
    "page_out_of_range": (N_("There is no such page"), N_("Only 10,000 results can be read. Narrow the search.")),
    "page_not_found": (N_("There is no such page of results"), N_("Ask for an earlier page.")),
    "body_too_large": (N_("The request is too large"), N_("Send less than one megabyte.")),
    "not_found": (N_("Nothing is at this address"), N_("Check the address, or search for what you need.")),
    "program_not_found": (N_("There is no such program"), N_("Check the address, or search for what you need.")),
    "program_retired": (N_("This program is no longer offered"), N_("Search for programs that are offered now.")),
    "method_not_allowed": (N_("This address does not take that method"), N_("See the header “Allow”.")),
    "forbidden": (N_("You have no right to this"), N_("Sign in as somebody who has.")),
    "conflict": (N_("This clashes with what is stored"), N_("Look at it again, then repeat.")),
    "unavailable": (N_("Part of the site is away"), N_("Nothing is lost. Try again in a few seconds.")),
    "deadline_exceeded": (N_("The answer took too long"), N_("Try again in a few seconds.")),
    "internal_error": (N_("Something went wrong on our side"), N_("Try again; if it persists, write to us.")),
}  # fmt: skip
_FAMILY = {400: "invalid_input", 403: "forbidden", 404: "not_found", 409: "conflict", 410: "program_retired"}
_FAMILY |= {405: "method_not_allowed", 413: "body_too_large", 500: "internal_error", 503: "unavailable"}
_FAMILY |= {504: "deadline_exceeded"}
_GONE = {"program_retired"}


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    field: str
    reason: str


class Problem(BaseModel):
    """A refusal (RFC 9457). `code` is stable; `title` and `detail` are for people, in their language."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:emploi-nexus:problem:program_not_found",
                    "title": "There is no such program",
                    "status": 404,
                    "detail": "Check the address, or search for what you need.",
                    "code": "program_not_found",
                    "errors": [],
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem] = Field(default_factory=list)


def language_of(request: Request) -> Language:
    """The language of a request: of its path, its parameter `lang`, else of the browser; French by default."""
    path = request.url.path
    if path.startswith(("/fr/", "/en/")):
        return "fr" if path.startswith("/fr/") else "en"
    if (asked := request.query_params.get("lang")) in ("fr", "en"):
        return "fr" if asked == "fr" else "en"
    return preferred(request.headers.get("accept-language", ""))


def preferred(accepted: str) -> Language:
    """The one of our languages that an Accept-Language header (RFC 9110) puts first; French by default."""
    ranked: list[tuple[float, str]] = []
    for part in accepted.split(",")[:20]:
        tag, _, quality = part.partition(";q=")
        try:
            ranked.append((float(quality or 1), tag.strip()[:2].lower()))
        except ValueError:
            continue
    best = max((pair for pair in ranked if pair[1] in ("fr", "en")), default=(0.0, "fr"), key=lambda p: p[0])
    return "en" if best[1] == "en" else "fr"


def problem(
    status: int, code: str, language: Language, errors: list[dict[str, str]] | None = None
) -> Problem:
    """The problem `code` in words."""
    title, advice = _WORDS.get(code) or _WORDS[_FAMILY.get(status, "internal_error")]
    words = translations(language)
    return Problem(
        type=f"urn:emploi-nexus:problem:{code}",
        title=words.gettext(title),
        status=status,
        detail=words.gettext(advice),
        code=code,
        errors=[FieldProblem(field=one["field"], reason=one["reason"]) for one in errors or []],
    )


def problem_response(told: Problem, headers: dict[str, str] | None = None) -> Response:
    """A problem as an HTTP answer."""
    return Response(told.model_dump_json(), told.status, headers, media_type=MEDIA_TYPE)


def install(app: FastAPI, error_page: ErrorPage) -> None:
    """Answer every refusal of `app` in this form; with `error_page` outside of the API."""

    def answer(request: Request, status: int, code: str, **more: Any) -> Response:
        language = language_of(request)
        if _wants_page(request):
            return error_page(request, status, code, language)
        return problem_response(problem(status, code, language, more.get("errors")), more.get("headers"))

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, NexusError)  # noqa: S101 - registered for nothing else
        status = 410 if error.code in _GONE else error.status
        headers = {"Retry-After": _RETRY_AFTER} if isinstance(error, Unavailable) else None
        return answer(request, status, error.code, errors=error.details.get("errors"), headers=headers)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for nothing else
        errors = [_field_problem(item) for item in error.errors()]
        return answer(request, 400, "invalid_input", errors=errors)

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
        code = _FAMILY.get(error.status_code, "invalid_input")
        return answer(request, error.status_code, code, headers=dict(error.headers or {}))

    async def unforeseen(request: Request, error: Exception) -> Response:
        log.error("request_failed", path=request.url.path, exc_info=error)
        return answer(request, 500, "internal_error")

    handlers: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
        NexusError: refused,
        RequestValidationError: invalid,
        HTTPException: http,
        Exception: unforeseen,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


def too_large() -> bytes:
    """The body of the answer to a request that is too large, before any language is known."""
    return orjson.dumps(problem(413, "body_too_large", "en").model_dump())


def _wants_page(request: Request) -> bool:
    if request.url.path.startswith(("/api/", "/openapi", "/healthz", "/readyz", "/metrics")):
        return False
    accepted = request.headers.get("accept", "*/*")
    return "text/html" in accepted or "*/*" in accepted


def _field_problem(item: dict[str, Any]) -> dict[str, str]:
    return {"field": ".".join(str(part) for part in item["loc"][1:]), "reason": item["msg"]}
