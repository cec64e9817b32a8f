"""Links are looked at by the content service as it runs in production: under nameko, by a process of its own.

The rule that only the public Internet is asked has no exception, for tests neither: a server on this machine is told
to be private, and hears nothing."""

import time
from pathlib import Path

import pymongo

from tests.support.broker import Broker
from tests.support.platforms import DistributedPlatform
from tests.support.web import serving


def test_links_of_what_is_published_are_looked_at_and_private_ones_never_asked(
    tmp_path: Path, broker: Broker, mongodb_url: str, elasticsearch_url: str
):
    platform = DistributedPlatform(tmp_path, broker.make_vhost(), mongodb_url, elasticsearch_url)
    platform.environment["NEXUS_LINK_CHECKS"] = "on"
    try:
        platform.start_service("content")
        platform.wait_ready(platform.url("content", "/readyz"))
        with serving(secret=200) as web:
            programs = tmp_path / "programs.yaml"
            programs.write_text(
                f"- {{external_id: a, title: {{fr: Aide}}, kind: grant, source_url: '{web.url('/secret')}'}}\n"
            )
            platform.nexus("import", "programs", str(programs), "--mapping", "nexus", "--publish")
            assert outcome_of(platform, mongodb_url, web.url("/secret")) == "private"
            assert web.asked == []
    finally:
        platform.stop()


def outcome_of(platform: DistributedPlatform, mongodb_url: str, url: str) -> str:
    """What became of a link, once it was looked at."""
    deadline = time.monotonic() + 60
    with pymongo.MongoClient[dict[str, str]](mongodb_url) as client:
        links = client[f"{platform.environment['NEXUS_DATABASE_PREFIX']}_content"]["links"]
        while not (found := links.find_one({"url": url}) or {}).get("outcome"):
            assert time.monotonic() < deadline, found
            time.sleep(0.2)
    return found["outcome"]
