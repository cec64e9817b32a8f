"""Parameters of a query, read in one step: as FastAPI reads them, field by field."""

from typing import Annotated
from urllib.parse import urlencode

import pytest
from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.testclient import TestClient
from pydantic import BaseModel

from gateway.api import SearchParameters
from gateway.asked import AskedRoute
from gateway.views import SearchQuery

QUERIES = (
    [],
    [("q", "aide"), ("page", "2")],
    [("q", "one"), ("q", "two")],
    [("theme", "hiring")],
    [("theme", "hiring"), ("theme", "training"), ("kind", "grant")],
    [("theme", "")],
    [("page", "")],
    [("page", "x")],
    [("page", "0"), ("per_page", "1000")],
    [("lang", "de")],
    [("lang", "en"), ("lang", "fr")],
    [("thema", "hiring")],
    [("thema", "hiring"), ("thema", "training")],
    [("q", "a\x00b")],
    [("q", "x" * 501)],
    [("theme", "a")] * 51,
)


def client(model: type[BaseModel], router: APIRouter) -> TestClient:
    @router.get("/")
    async def ask(given: Annotated[model, Query()]) -> Response:  # type: ignore[valid-type]
        return JSONResponse(given.model_dump(mode="json"))  # type: ignore[attr-defined]

    app = FastAPI()
    app.include_router(router)

    @app.exception_handler(RequestValidationError)
    async def tell(_: Request, error: RequestValidationError) -> Response:
        return JSONResponse([(one["type"], one["loc"]) for one in error.errors()], 400)

    return TestClient(app)


@pytest.mark.parametrize("model", [SearchParameters, SearchQuery])
@pytest.mark.parametrize("query", QUERIES, ids=lambda query: urlencode(query)[:40])
def test_a_query_is_read_as_fastapi_reads_it(model: type[BaseModel], query: list[tuple[str, str]]) -> None:
    told = client(model, APIRouter(route_class=AskedRoute)).get("/", params=query)
    usual = client(model, APIRouter()).get("/", params=query)
    assert (told.status_code, told.json()) == (usual.status_code, usual.json())


def test_the_description_is_the_usual_one() -> None:
    ours, usual = (
        client(SearchParameters, router) for router in (APIRouter(route_class=AskedRoute), APIRouter())
    )
    assert ours.get("/openapi.json").json() == usual.get("/openapi.json").json()


def test_a_route_that_takes_more_than_the_query_is_left_to_fastapi() -> None:
    router = APIRouter(route_class=AskedRoute)

    @router.get("/{name}")
    async def ask(name: str, given: Annotated[SearchQuery, Query()]) -> Response:
        return JSONResponse([name, given.q])

    app = FastAPI()
    app.include_router(router)
    assert TestClient(app).get("/x?q=y").json() == ["x", "y"]
