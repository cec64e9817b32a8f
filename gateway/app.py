"""One sector's gateway: API, pages, health, behind a cache."""

import asyncio
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import SecretStr

from gateway import problems
from gateway.activity_pages import activities_router, follow_places
from gateway.admin import admin_router
from gateway.api import api_router, describe
from gateway.api_writes import Writer, writes_router
from gateway.bearer import Bearer
from gateway.blog import blog_router
from gateway.cache import App, Cache
from gateway.consent.pages import consent_router
from gateway.crawlers import crawlers_router
from gateway.developers import developers_router
from gateway.documents import documents_router
from gateway.edge import LARGEST_UPLOAD, Edge
from gateway.embed import embed_router
from gateway.files import files_router
from gateway.fitting_api import fitting_api_router
from gateway.fitting_pages import fitting_router
from gateway.following import Following
from gateway.local_mail import is_local, local_mail_router
from gateway.meetings.api import meetings_api_router
from gateway.meetings.api_office import office_api_router
from gateway.meetings.api_own import own_api_router
from gateway.meetings.api_settings import add_advisors, add_companies, add_types
from gateway.meetings.booking_pages import booking_router
from gateway.meetings.calendar_pages import calendar_pages_router
from gateway.meetings.calendars import calendars_router
from gateway.meetings.follow_up_pages import follow_up_router
from gateway.meetings.own_pages import own_router
from gateway.meetings.plan_pages import plan_router
from gateway.meetings.waiting_pages import waiting_router
from gateway.opendata import open_data_router
from gateway.pages import STATIC, error_page, pages_router, problems_router
from gateway.people.account_pages import account_router
from gateway.people.desk import Desk
from gateway.people.guard import SameOrigin
from gateway.people.passkey_pages import passkey_router
from gateway.people.result_pages import result_router
from gateway.people.signin_pages import SignInPages, signin_router
from gateway.people.still_correct import still_correct_router
from gateway.people.visitor import Cookies, visitors
from gateway.privacy.pages import privacy_router
from gateway.rates import RateLimit
from gateway.registration_pages import registration_router
from gateway.sectors import Language, Sector
from gateway.site_pages import home_router, needs_router, texts_router
from gateway.stylesheet import style_router
from gateway.tally import Tally
from gateway.webhook_api import add_webhooks
from nexus.bus import Bus
from nexus.caller import anonymous
from nexus.errors import NexusError
from nexus.operations import CheckHealth
from services.content.contracts import (
    ActivityPublished,
    ActivityRetired,
    PagePublished,
    PageRetired,
    PostPublished,
    PostRetired,
    ProgramPublished,
    ProgramRetired,
)
from services.content.contracts.documents import DocumentPublished, DocumentRetired
from services.search.contracts import IndexChanged

_SERVICES = ("content", "people", "search")
_NEWS = (
    ProgramPublished,
    ProgramRetired,
    DocumentPublished,
    DocumentRetired,
    PostPublished,
    PostRetired,
    ActivityPublished,
    ActivityRetired,
    PagePublished,
    PageRetired,
    IndexChanged,
)  # after each of which answers may differ
_OFFICE = (add_advisors, add_types, add_companies, add_webhooks)  # what else of the API wants a key
_PATIENCE = 1.0  # seconds for a service to say how it is


def create_app(
    sector: Sector,
    bus: Bus,
    base_url: str,
    *,
    embedded: bool = False,
    rate_limit: int = 0,
    oidc_secret: SecretStr | None = None,
    texts: bool = False,
) -> App:
    """The ASGI application of `sector`, publicly at `base_url` (without a slash at its end).
    `embedded`: all of the platform is in this process. `rate_limit`: requests a minute from one address, 0: any.
    `oidc_secret`: the sector's at its identity provider. `texts`: whether reminders by text message are offered.

    To be called in the event loop that serves it. Raises InvalidInput(`setting_missing`, `setting_weak`,
    `setting_invalid`) where the sector has a provider, and no secret or no safe address."""

    def changed() -> None:
        app.title, app.openapi_schema = _api_title(sector), None
        cache.clear()

    following = Following(sector, bus, changed)
    app = FastAPI(
        title=_api_title(sector),
        lifespan=following.lifespan,
        version="1",
        summary="Programs for companies that hire immigrants",
        docs_url=None,  # their pages load scripts from elsewhere
        redoc_url=None,
        servers=[{"url": base_url}],
        separate_input_output_schemas=False,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # Edge does both, at half the cost
        max_body_size=LARGEST_UPLOAD,  # Edge holds most pages to much less
    )
    writer = Writer(bus, Bearer(sector, bus), base_url)
    app.include_router(api_router(sector, bus, base_url, writer.show))
    app.include_router(writes_router(writer))
    app.include_router(fitting_api_router(sector, bus, base_url))
    app.include_router(meetings_api_router(sector, bus, base_url))
    app.include_router(own_api_router(sector, bus, base_url))
    app.include_router(office_api_router(bus, Bearer(sector, bus), base_url, *_OFFICE))
    app.include_router(fitting_router(sector, bus, base_url), include_in_schema=False)
    app.include_router(open_data_router(sector, bus, base_url))
    app.include_router(developers_router(sector, base_url), include_in_schema=False)
    app.include_router(embed_router(sector, bus, base_url), include_in_schema=False)
    app.include_router(pages_router(sector, bus, base_url), include_in_schema=False)
    app.include_router(documents_router(sector, bus, base_url), include_in_schema=False)
    app.include_router(files_router(sector, bus, base_url), include_in_schema=False)
    for pages in (home_router, blog_router, activities_router, needs_router, texts_router):
        app.include_router(pages(sector, bus, base_url), include_in_schema=False)
    if embedded and is_local(base_url):
        app.include_router(local_mail_router(sector, bus, base_url), include_in_schema=False)
    _add_people(app, sector, bus, base_url, following.file, oidc_secret, texts)
    app.include_router(problems_router(sector, base_url), include_in_schema=False)
    app.include_router(crawlers_router(sector, bus, base_url), include_in_schema=False)
    app.include_router(style_router(sector), include_in_schema=False)
    app.mount("/static/site", StaticFiles(directory=STATIC), name="static")
    _add_operations(app, sector, bus)
    describe(app)
    problems.install(app, base_url, _error_page(sector, base_url))
    limited = RateLimit(SameOrigin(app, base_url), base_url, rate_limit)
    cache = Cache(Edge(limited, sector.name, base_url), sector.name)
    bus.listen(_NEWS, lambda _: cache.clear())
    follow_places(bus, cache.forget)
    return Tally(cache, sector.name, bus)


def _api_title(sector: Sector) -> str:
    return f"Emploi NEXUS – {sector.short.en}"


def _add_people(
    app: FastAPI,
    sector: Sector,
    bus: Bus,
    base_url: str,
    file: Sector,
    oidc_secret: SecretStr | None,
    texts: bool,
) -> None:
    cookies = Cookies(sector, base_url)
    found = visitors(sector, bus, cookies)
    desk, pages = Desk(sector, bus, base_url, found, file), SignInPages(sector, bus, base_url, found, cookies)
    routers = [
        signin_router(pages),
        passkey_router(pages),
        still_correct_router(sector, bus, base_url),
        account_router(desk, cookies),
        result_router(desk),
        consent_router(sector, bus, base_url, desk),
        admin_router(desk),
        booking_router(sector, bus, base_url, found, texts),
        own_router(sector, bus, base_url, found, texts),
        plan_router(sector, bus, base_url),
        follow_up_router(sector, bus, base_url),
        registration_router(sector, bus, base_url),
        waiting_router(sector, bus, base_url, found),
        calendar_pages_router(sector, bus, base_url, found),
        calendars_router(sector, bus, base_url),
        privacy_router(sector, bus, base_url, found),
    ]
    if sector.provider:
        from gateway.people.provider_pages import (
            provider_of,
            provider_router,
        )  # what it needs takes long to load

        routers.append(provider_router(pages, provider_of(sector.provider, oidc_secret, base_url)))
    for router in routers:
        app.include_router(router, include_in_schema=False)


def _error_page(sector: Sector, base_url: str) -> problems.ErrorPage:
    def page(request: Request, status: int, code: str, language: Language) -> Response:
        again = status >= 500 and request.method in ("GET", "HEAD")
        return error_page(sector, base_url, status, code, language, again=again)

    return page


def _add_operations(app: FastAPI, sector: Sector, bus: Bus) -> None:
    @app.get("/", include_in_schema=False)
    async def root(request: Request) -> Response:
        language = problems.preferred(request.headers.get("accept-language", ""))
        return RedirectResponse(f"/{language}/", 302, {"Vary": "Accept-Language"})

    @app.get("/fr", include_in_schema=False)
    @app.get("/en", include_in_schema=False)
    async def with_slash(request: Request) -> Response:
        return RedirectResponse(f"{request.url.path}/", 301)

    @app.get("/healthz", include_in_schema=False)
    async def alive() -> Response:
        return Response(b'{"status":"alive"}', media_type="application/json")

    @app.get("/readyz", include_in_schema=False)
    async def ready() -> Response:
        states = await asyncio.gather(*(_state(bus, sector, service) for service in _SERVICES))
        told = dict(zip(_SERVICES, states, strict=True))
        status = 503 if any(code for state in states for code in state.values()) else 200
        return Response(orjson.dumps(told), status, media_type="application/json")

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _state(bus: Bus, sector: Sector, service: str) -> dict[str, Any]:
    try:
        health = await bus.call(CheckHealth(), anonymous(sector.name), service=service, deadline=_PATIENCE)
    except NexusError as error:
        return {"service": error.code}
    return health.engines
