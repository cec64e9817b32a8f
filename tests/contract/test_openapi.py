"""The API keeps what its OpenAPI description promises, whatever is asked."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from tests.support.platforms import RunningPlatform, fetch

PATHS = (
    "/api/v1/search",
    "/api/v1/suggest",
    "/api/v1/fitting",
    "/api/v1/documents",
    "/api/v1/documents/{slug}",
    "/api/v1/programs",
    "/api/v1/programs/{slug}",
    "/api/v1/meeting-types",
    "/api/v1/meeting-slots",
    "/api/v1/meetings/{token}",
    "/api/v1/open-data/programs.json",
    "/api/v1/open-data/programs.csv",
    "/api/v1/open-data/hsds/services.json",
)
POSTED = ("/api/v1/meetings", "/api/v1/meetings/{token}/move", "/api/v1/meetings/{token}/cancel")
WITHOUT_PARAMETERS = (
    "/api/v1/meeting-types",
    "/api/v1/open-data/programs.json",
    "/api/v1/open-data/programs.csv",
)


@pytest.fixture(scope="session")
def schema(embedded: RunningPlatform):
    return schemathesis.openapi.from_url(embedded.url("tic", "/openapi.json"))


ASKED = [
    (path, method, mode)
    for path, method in (*((path, "GET") for path in PATHS), *((path, "POST") for path in POSTED))
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    if mode is GenerationMode.POSITIVE or path not in WITHOUT_PARAMETERS  # nothing can be wrong in those
]


@pytest.mark.parametrize(("path", "method", "mode"), ASKED)
def test_every_answer_is_described(schema, path: str, method: str, mode: GenerationMode):
    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    def ask(case) -> None:
        case.call_and_validate()

    ask()


def test_the_description_is_openapi_3_1_with_examples(embedded: RunningPlatform):
    description = fetch(embedded.url("tic", "/openapi.json")).json
    assert description["openapi"].startswith("3.1")
    assert set(description["paths"]) == {*PATHS, *POSTED}
    assert description["components"]["schemas"]["SearchAnswer"]["examples"]
    for path in description["paths"].values():
        for operation in path.values():
            assert "application/problem+json" in operation["responses"]["400"]["content"]
