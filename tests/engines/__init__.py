"""Finds the real engines for the tests: an address in the environment, a container, a program on the machine.

NEXUS_RABBITMQ_URL, NEXUS_RABBITMQ_MANAGEMENT_URL, NEXUS_MONGODB_URL, NEXUS_ELASTICSEARCH_URL
NEXUS_ENGINES=required: a test whose engine is not found fails instead of being skipped
"""

import os
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.engines import containers, programs
from tests.engines.programs import Found


@dataclass(frozen=True)
class Engine:
    """An engine that answers at `url`; `stop` ends it if this run started it.

    `management_url` is RabbitMQ's HTTP interface."""

    url: str
    stop: Callable[[], None]
    management_url: str = ""


@dataclass(frozen=True)
class Source:
    """Ways to have an engine: each returns the fields of an Engine, or the reason why not."""

    variable: str
    container: Callable[[], Found]
    program: Callable[[], Found]


ENGINES = {
    "rabbitmq": Source("NEXUS_RABBITMQ_URL", containers.rabbitmq, programs.rabbitmq),
    "mongodb": Source("NEXUS_MONGODB_URL", containers.mongodb, programs.mongodb),
    "elasticsearch": Source("NEXUS_ELASTICSEARCH_URL", containers.elasticsearch, programs.elasticsearch),
}

missing: dict[str, str] = {}  # engine → why it was not found, told at the end of the run


def find(name: str) -> Engine:
    """The engine `name`. Skips the test with the reasons if there is none, or fails it where required."""
    source = ENGINES[name]
    if url := os.environ.get(source.variable):
        return Engine(url, lambda: None, os.environ.get("NEXUS_RABBITMQ_MANAGEMENT_URL", ""))
    reasons = [f"{source.variable} is not set"]
    for way in (source.container, source.program):
        found = way()
        if isinstance(found, tuple):
            return Engine(*found)
        reasons.append(found)
    missing[name] = "; ".join(reasons)
    told = f"no {name}: {missing[name]}"
    if os.environ.get("NEXUS_ENGINES") == "required":
        pytest.fail(told)
    pytest.skip(told)
