"""Engines in containers, where a Docker engine answers and has or can pull the image."""

from collections.abc import Callable
from functools import cache
from typing import Any

from tests.engines.programs import Found


@cache
def _docker_answers() -> str | None:
    import docker

    try:
        client = docker.from_env(timeout=3)
        client.ping()
        client.close()
    except Exception:
        return "no Docker engine answers"
    return None


def _start(make: Callable[[], Any], url: Callable[[Any], str]) -> Found:
    if reason := _docker_answers():
        return reason
    try:
        container = make().start()
    except Exception as error:
        return f"its container did not start ({type(error).__name__})"
    return url(container), container.stop


def rabbitmq() -> Found:
    from testcontainers.community.rabbitmq import RabbitMqContainer

    def at(scheme: str, container: Any, port: int) -> str:
        host = container.get_container_host_ip()
        return f"{scheme}://guest:guest@{host}:{container.get_exposed_port(port)}/"

    started: list[Any] = []

    def make() -> Any:
        started.append(RabbitMqContainer("rabbitmq:4-management").with_exposed_ports(5672, 15672))
        return started[0]

    found = _start(make, lambda container: at("amqp", container, 5672))
    return found if isinstance(found, str) else (*found, at("http", started[0], 15672))


def mongodb() -> Found:
    from testcontainers.community.mongodb import MongoDbContainer

    return _start(lambda: MongoDbContainer("mongo:8"), lambda container: str(container.get_connection_url()))


def elasticsearch() -> Found:
    from testcontainers.community.elasticsearch import ElasticSearchContainer

    def url(container: Any) -> str:
        return f"http://{container.get_container_host_ip()}:{container.get_exposed_port(9200)}"

    return _start(lambda: ElasticSearchContainer("elasticsearch:8.19.0", mem_limit="1G"), url)
