"""One more process of the meetings service, beside those of a running platform, whose clock is the test's own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pydantic import SecretStr

from nexus.composition import Resources
from nexus.mongo import connect
from nexus.settings import Settings
from services.meetings.compose import compose
from services.meetings.service import Meetings
from tests.support.platforms import EmbeddedPlatform, RunningPlatform


@contextmanager
def one_more(running: RunningPlatform, clock: Callable[[], datetime]) -> Iterator[Meetings]:
    """It shares their database; what it has to tell, they tell."""
    with running.documents() as found:
        assert found.address is not None
        host, port = found.address
    database = connect(f"mongodb://{host}:{port}/?directConnection=true", "test")[
        running.database("meetings")
    ]
    settings = Settings(sealing_secret=SecretStr(_secret(running)))
    service = compose(Resources(settings, database, embedded=False, clock=clock)).service
    assert isinstance(service, Meetings)
    yield service
    database.client.close()


def _secret(running: RunningPlatform) -> str:
    if isinstance(running, EmbeddedPlatform):
        return Path(running.environment["NEXUS_DATA"], "sealing-secret").read_text()
    return running.environment["NEXUS_SEALING_SECRET"]
