"""The engines, a platform in each runtime, and the closing words on what was skipped."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import engines
from tests.support.broker import Broker
from tests.support.platforms import DistributedPlatform, EmbeddedPlatform, RunningPlatform

DATA = Path(os.environ.get("NEXUS_TEST_DATA", "../shared/data"))


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    """The real RabbitMQ, which makes a virtual host for whoever asks."""
    engine = engines.find("rabbitmq")
    broker = Broker(engine.url, engine.management_url)
    yield broker
    broker.remove_all()
    engine.stop()


@pytest.fixture(scope="session")
def rabbitmq_url(broker: Broker) -> str:
    return broker.make_vhost()


@pytest.fixture(scope="session")
def mongodb_url() -> Iterator[str]:
    engine = engines.find("mongodb")
    yield engine.url
    engine.stop()


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    engine = engines.find("elasticsearch")
    yield engine.url
    engine.stop()


@pytest.fixture(scope="session")
def real_programs() -> Path:
    """A folder of 187 real French programs, which is not part of this project."""
    return _test_data("aid-programs-fr")


@pytest.fixture(scope="session")
def real_documents() -> Path:
    """A folder of real PDF files of many makers, which is not part of this project."""
    return _test_data("documents")


def _test_data(name: str) -> Path:
    folder = DATA / name
    if not folder.is_dir():
        reason = f"{folder} is not here; NEXUS_TEST_DATA names its parent"
        engines.missing["test data"] = reason
        if os.environ.get("NEXUS_ENGINES") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder.resolve()


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    """`nexus run` with the sample content, one for the whole session: tests may add, not wreck."""
    platform = EmbeddedPlatform(tmp_path_factory.mktemp("embedded"))
    platform.start()
    platform.import_samples()
    yield platform
    platform.stop()


@pytest.fixture(scope="session")
def distributed(
    tmp_path_factory: pytest.TempPathFactory, rabbitmq_url: str, mongodb_url: str, elasticsearch_url: str
) -> Iterator[RunningPlatform]:
    """Every service and gateway as a process of its own on the real engines, with the sample content."""
    folder = tmp_path_factory.mktemp("distributed")
    platform = DistributedPlatform(folder, rabbitmq_url, mongodb_url, elasticsearch_url)
    platform.start()
    platform.import_samples()
    yield platform
    platform.stop()


@pytest.fixture(scope="session", params=["embedded", "distributed"])
def running(request: pytest.FixtureRequest) -> RunningPlatform:
    """The platform in each of the two runtimes."""
    platform: RunningPlatform = request.getfixturevalue(request.param)
    return platform


_ORDER = ("unit", "contract", "integration", "e2e", "faults", "browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The fast ones first; the browser's last: Playwright leaves an event loop running in this thread."""
    items.sort(key=lambda item: _ORDER.index(item.path.relative_to(Path(__file__).parent).parts[0]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if engines.missing:
        terminalreporter.section("not run here")
        for name, reason in engines.missing.items():
            terminalreporter.write_line(f"tests that need {name}: {reason}")
