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
from gateway.reasons import reason
from gateway.refusals import REFUSALS, documented
from gateway.sectors import Language
from nexus.errors import NexusError, StaleRevision, Unavailable
from nexus.telemetry import log

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = "5"  # seconds, while something is away
_LANGUAGES: dict[str, Language] = {"fr": "fr", "en": "en"}
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


class StaleProblem(Problem):
    """A change of what somebody else has changed since: what was sent, and what stands now."""

    yours: dict[str, Any] = Field(description="`revision` and, of a new content, `content`")
    current: dict[str, Any] = Field(
        description="`revision`, `status`, `slug`, `content` and what else it has"
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
        versions: Mapping[str, Any] | None = None,
    ) -> Response:
        language = language_of(request)
        if _wants_page(request):
            response = error_page(request, status, code, language)
        else:
            told = problem(base_url, status, code, language, errors, nearest)
            response = problem_response(_stale(told, versions) if versions else told)
        response.headers.update({"Vary": _VARY, **(headers or {})})
        return response

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, NexusError)  # noqa: S101 - registered for nothing else
        status = REFUSALS[error.code].status if error.code in REFUSALS else error.status
        errors = [FieldProblem.model_validate(one) for one in error.details.get("errors", ())]
        versions = error.details if isinstance(error, StaleRevision) else None
        return answer(
            request, status, error.code, errors, error.details.get("nearest"), _headers(error), versions
        )

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


def _headers(error: NexusError) -> dict[str, str]:
    """What a refusal says besides: when to come again, and what a key lacks (RFC 6750 §3)."""
    if isinstance(error, Unavailable):
        return {"Retry-After": RETRY_AFTER}
    match error.code:
        case "idempotency_in_progress":
            return {"Retry-After": "1"}
        case "key_missing":
            return {"WWW-Authenticate": "Bearer"}
        case "key_invalid":
            return {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        case "scope_required":
            scopes = " ".join(error.details.get("scopes", ()))
            return {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scopes}"'}
    return {}


def _stale(told: Problem, versions: Mapping[str, Any]) -> Problem:
    yours, current = (_version(versions.get(name)) for name in ("yours", "current"))
    return StaleProblem(**told.model_dump(), yours=yours, current=current)


def _version(given: Any) -> dict[str, Any]:
    """A version as it is told: content tells all of it, other services its revision alone."""
    return {"revision": given} if isinstance(given, int) else given or {}


def _wants_page(request: Request) -> bool:
    if request.url.path.startswith(("/api/", "/openapi", "/healthz", "/readyz", "/metrics")):
        return False
    return takes_html(request.headers.get("accept", "*/*"))


def takes_html(accept: str) -> bool:
    """Whether a header Accept lets a page be the answer."""
    return not accept or "text/html" in accept or "*/*" in accept


def _field_problem(item: dict[str, Any], language: Language) -> FieldProblem:
    in_body = item["type"] == "extra_forbidden" and item["loc"][0] == "body"
    kind = "unknown_field" if in_body else item["type"]
    told = reason(kind, item.get("ctx", {}), translations(language))
    return FieldProblem(field=".".join(str(part) for part in item["loc"][1:]), reason=told)
