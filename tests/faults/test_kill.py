"""Kill -9 of any process during an import: afterwards every published program is searchable exactly once."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.broker import Broker
from tests.support.platforms import DistributedPlatform, EmbeddedPlatform, RunningPlatform

_SETTLED = 60.0  # seconds for the platform to recover and catch up


@pytest.fixture
def fresh_embedded(tmp_path: Path) -> Iterator[EmbeddedPlatform]:
    platform = EmbeddedPlatform(tmp_path)
    platform.start()
    yield platform
    platform.stop()


@pytest.fixture
def fresh_distributed(
    tmp_path: Path, broker: Broker, mongodb_url: str, elasticsearch_url: str
) -> Iterator[DistributedPlatform]:
    platform = DistributedPlatform(tmp_path, broker.make_vhost(), mongodb_url, elasticsearch_url)
    platform.start()
    yield platform
    platform.stop()


def import_all(platform: RunningPlatform, programs: Path) -> subprocess.Popen[bytes]:
    return platform.spawn("import", "import", "programs", str(programs), "-m", "aid-programs-fr", "--publish")


def wait_for_first_results(platform: RunningPlatform, importing: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while not platform.search("", per_page="1")["total"]:
        assert time.monotonic() < deadline, "nothing was found within a minute"
        assert importing.poll() in (None, 0), platform.log("import")
        time.sleep(0.01)


def found(platform: RunningPlatform) -> list[str]:
    """The slugs of all search results, page by page."""
    slugs: list[str] = []
    total = platform.search("", per_page="1")["total"]
    for page in range(1, total // 100 + 2):
        if len(slugs) < total:
            slugs += [hit["slug"] for hit in platform.search("", per_page="100", page=str(page))["items"]]
    return slugs


def import_again_until_unchanged(platform: RunningPlatform, programs: Path) -> None:
    platform.nexus("import", "programs", str(programs), "-m", "aid-programs-fr", "--publish")
    again = platform.nexus("import", "programs", str(programs), "-m", "aid-programs-fr", "--publish")
    assert "187" in again.stdout
    assert "unchanged" in again.stdout


def assert_nothing_was_lost(platform: RunningPlatform) -> None:
    deadline = time.monotonic() + _SETTLED
    while sorted(found(platform)) != sorted(platform.published()):
        assert time.monotonic() < deadline, (
            sorted(platform.published() - set(found(platform))),
            len(found(platform)),
        )
        time.sleep(0.2)
    report = platform.nexus("doctor", check=False)
    assert report.returncode == 0, report.stdout


def end(importing: subprocess.Popen[bytes]) -> None:
    """Let the import end by itself, whatever it says."""
    importing.wait(90)


def test_killing_the_embedded_platform_loses_nothing(fresh_embedded: EmbeddedPlatform, real_programs: Path):
    importing = import_all(fresh_embedded, real_programs)
    wait_for_first_results(fresh_embedded, importing)
    fresh_embedded.kill("run")
    end(importing)
    fresh_embedded.start()
    assert_nothing_was_lost(fresh_embedded)
    import_again_until_unchanged(fresh_embedded, real_programs)
    assert_nothing_was_lost(fresh_embedded)


def test_killing_the_embedded_document_store_loses_nothing(
    fresh_embedded: EmbeddedPlatform, real_programs: Path
):
    importing = import_all(fresh_embedded, real_programs)
    wait_for_first_results(fresh_embedded, importing)
    store = fresh_embedded.folder / "data" / "documents" / "secantus.pid"
    os.kill(int(store.read_text()), signal.SIGKILL)
    end(importing)
    import_again_until_unchanged(fresh_embedded, real_programs)
    assert_nothing_was_lost(fresh_embedded)


@pytest.mark.parametrize("victim", ["content", "search"])
def test_killing_a_service_loses_nothing(
    fresh_distributed: DistributedPlatform, real_programs: Path, victim: str
):
    importing = import_all(fresh_distributed, real_programs)
    wait_for_first_results(fresh_distributed, importing)
    fresh_distributed.kill(victim)
    time.sleep(0.5)
    fresh_distributed.start_service(victim)
    fresh_distributed.wait_ready(fresh_distributed.url(victim, "/readyz"))
    end(importing)
    import_again_until_unchanged(fresh_distributed, real_programs)
    assert_nothing_was_lost(fresh_distributed)


@pytest.mark.parametrize("runtime", ["fresh_embedded", "fresh_distributed"])
def test_killing_the_import_leaves_what_went_in_findable_and_it_can_go_on(
    request: pytest.FixtureRequest, runtime: str, real_programs: Path
):
    platform: RunningPlatform = request.getfixturevalue(runtime)
    importing = import_all(platform, real_programs)
    wait_for_first_results(platform, importing)
    importing.kill()
    importing.wait()
    assert_nothing_was_lost(platform)
    import_again_until_unchanged(platform, real_programs)
    assert_nothing_was_lost(platform)


def test_killing_a_gateway_harms_nobody_else(fresh_distributed: DistributedPlatform, real_programs: Path):
    importing = import_all(fresh_distributed, real_programs)
    wait_for_first_results(fresh_distributed, importing)
    fresh_distributed.kill("gateway-aero")
    end(importing)
    assert importing.returncode == 0, fresh_distributed.log("import")
    assert_nothing_was_lost(fresh_distributed)
