"""Refusals over HTTP: problem details (RFC 9457) with a stable code for programs, a page for browsers."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from gateway.i18n import translations
from gateway.links import problem_url
from gateway.refusals import REFUSALS, documented, reason
from gateway.sectors import Language
from nexus.errors import NexusError, Unavailable
from nexus.telemetry import log

MEDIA_TYPE = "application/problem+json"
_RETRY_AFTER = "5"  # seconds, while something is away
_LANGUAGES: dict[str, Language] = {"fr": "fr", "en": "en"}
_GONE = {code for code, refusal in REFUSALS.items() if refusal.status == 410}
_VARY = "Accept, Accept-Language"  # a page or a problem, and its words

ErrorPage = Callable[[Request, int, str, Language], Response]


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
                    "type": "https://tic.example.org/problems/program_not_found",
                    "title": "There is no such program",
                    "status": 404,
                    "detail": "Check the address, or search for what you need.",
                    "code": "program_not_found",
                    "errors": [],
                    "nearest": [],
                }
            ]
        }
    )

    type: str = Field(description="Where the code is explained")
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem] = Field(default_factory=list)
    nearest: list[AwareDatetime] = Field(
        default_factory=list, description="Where a time is not free: the nearest ones that are"
    )


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
    wanted: dict[Language, float] = {}
    for part in accepted.replace(" ", "").lower().split(",")[:20]:
        tag, _, quality = part.partition(";q=")
        language = _LANGUAGES.get(tag.split("-")[0])
        with suppress(ValueError):
            if language and float(quality or 1) > wanted.get(language, 0.0):
                wanted[language] = float(quality or 1)
    return max(wanted, key=wanted.__getitem__, default="fr")


def problem(
    base_url: str,
    status: int,
    code: str,
    language: Language,
    errors: list[FieldProblem] | None = None,
    nearest: list[AwareDatetime] | None = None,
) -> Problem:
    """The problem `code` in words. One without words of its own has those of its status."""
    known, words = documented(status, code), translations(language)
    return Problem(
        type=problem_url(base_url, known),
        title=words.gettext(REFUSALS[known].title),
        status=status,
        detail=words.gettext(REFUSALS[known].advice),
        code=code,
        errors=errors or [],
        nearest=nearest or [],
    )


def problem_response(told: Problem, headers: dict[str, str] | None = None) -> Response:
    """A problem as an HTTP answer."""
    return Response(told.model_dump_json(), told.status, headers, media_type=MEDIA_TYPE)


def install(app: FastAPI, base_url: str, error_page: ErrorPage) -> None:
    """Answer every refusal of `app` in this form; with `error_page` outside of the API."""

    def answer(
        request: Request,
        status: int,
        code: str,
        errors: list[FieldProblem] | None = None,
        nearest: list[AwareDatetime] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        language = language_of(request)
        if _wants_page(request):
            response = error_page(request, status, code, language)
        else:
            response = problem_response(problem(base_url, status, code, language, errors, nearest))
        response.headers.update({"Vary": _VARY, **(headers or {})})
        return response

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, NexusError)  # noqa: S101 - registered for nothing else
        status = 410 if error.code in _GONE else error.status
        headers = {"Retry-After": _RETRY_AFTER} if isinstance(error, Unavailable) else None
        errors = [FieldProblem.model_validate(one) for one in error.details.get("errors", ())]
        return answer(request, status, error.code, errors, error.details.get("nearest"), headers)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for nothing else
        language = language_of(request)
        return answer(
            request, 400, "invalid_input", [_field_problem(one, language) for one in error.errors()]
        )

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
        return answer(request, error.status_code, documented(error.status_code, ""), headers=error.headers)

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


def _wants_page(request: Request) -> bool:
    if request.url.path.startswith(("/api/", "/openapi", "/healthz", "/readyz", "/metrics")):
        return False
    return takes_html(request.headers.get("accept", "*/*"))


def takes_html(accept: str) -> bool:
    """Whether a header Accept lets a page be the answer."""
    return not accept or "text/html" in accept or "*/*" in accept


def _field_problem(item: dict[str, Any], language: Language) -> FieldProblem:
    told = reason(item["type"], item.get("ctx", {}), translations(language))
    return FieldProblem(field=".".join(str(part) for part in item["loc"][1:]), reason=told)
