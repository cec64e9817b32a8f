"""Virtual hosts of the test broker: each platform under test has its own, with quorum queues."""

import base64
import json
import urllib.request
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit
from uuid import uuid4

_DEFINITIONS = json.loads(
    (Path(__file__).parents[2] / "deploy" / "rabbitmq" / "definitions.json").read_text()
)


class Broker:
    """A RabbitMQ that tests share."""

    def __init__(self, url: str, management_url: str) -> None:
        assert management_url, "NEXUS_RABBITMQ_MANAGEMENT_URL must go with NEXUS_RABBITMQ_URL"
        self._url = url
        self._management_url = management_url
        self._made: list[str] = []
        self._users: set[str] = set()

    def make_vhost(self) -> str:
        """Make a virtual host and return the AMQP address in it."""
        name, user = f"nexus-test-{uuid4().hex[:8]}", urlsplit(self._url).username or "guest"
        quorum = {"defaultqueuetype": "quorum", "default_queue_type": "quorum"}
        _put(self._management_url, f"vhosts/{name}", quorum)
        _put(
            self._management_url,
            f"permissions/{name}/{user}",
            dict.fromkeys(("configure", "write", "read"), ".*"),
        )
        self._made.append(name)
        return urlunsplit(urlsplit(self._url)._replace(path=f"/{name}"))

    def make_user(self, name: str, vhost_url: str) -> str:
        """Make the user `name` with the rights that deployment gives it, and return its AMQP address."""
        vhost, password = urlsplit(vhost_url).path.removeprefix("/"), uuid4().hex
        _put(self._management_url, f"users/{name}", {"password": password, "tags": ""})
        self._users.add(name)
        for kind, path in (("permissions", "permissions"), ("topic_permissions", "topic-permissions")):
            for rights in _DEFINITIONS[kind]:
                if rights["user"] == name:
                    given = {key: rights[key] for key in rights if key not in ("user", "vhost")}
                    _put(self._management_url, f"{path}/{vhost}/{name}", given)
        parts = urlsplit(vhost_url)
        return urlunsplit(parts._replace(netloc=f"{name}:{password}@{parts.hostname}:{parts.port}"))

    def remove_all(self) -> None:
        """Remove what was made, with all its queues."""
        for name in self._made:
            _call("DELETE", self._management_url, f"vhosts/{name}", None)
        for name in self._users:
            _call("DELETE", self._management_url, f"users/{name}", None)


def _put(management_url: str, path: str, body: dict[str, str]) -> None:
    _call("PUT", management_url, path, json.dumps(body).encode())


def _call(method: str, management_url: str, path: str, body: bytes | None) -> None:
    parts = urlsplit(management_url)
    credentials = f"{parts.username or 'guest'}:{parts.password or 'guest'}".encode()
    request = urllib.request.Request(  # noqa: S310
        f"{parts.scheme}://{parts.hostname}:{parts.port}/api/{quote(path)}",
        data=body,
        method=method,
        headers={
            "Authorization": "Basic " + base64.b64encode(credentials).decode(),
            "Content-Type": "application/json",
        },
    )
    urllib.request.urlopen(request, timeout=10).close()  # noqa: S310
