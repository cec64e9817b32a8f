"""A service that only answers, under the platform's own nameko runtime: what is measured is the way there and back.

python -m bench.echo        serves until SIGTERM; addresses from the environment
"""

from nexus.runtimes import nameko  # isort: skip - first: it patches the standard library

import threading

from bench.echo_contract import Echo
from nexus.caller import Caller
from nexus.composition import Composed, Resources
from nexus.host import ServiceHost
from nexus.mongo import connect
from nexus.service import Service, rpc
from nexus.settings import Settings


class EchoService(Service):
    """One door."""

    name = "bench"

    @rpc
    def echo(self, query: Echo, caller: Caller) -> str:
        return query.text


def main() -> None:
    settings = Settings()
    database = connect(settings.need("mongodb_url"), "bench")["bench"]
    resources = Resources(settings, database, embedded=False)
    nameko.start_runner(ServiceHost(Composed(EchoService(), []), resources), settings.need("rabbitmq_url"))
    print("ready", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
