"""A nameko client that this project did not write can call each service."""

import subprocess
import sys

from tests.support.platforms import RunningPlatform

CLIENT = """
import json, sys, warnings
warnings.simplefilter("ignore")
from nameko.standalone.rpc import ClusterRpcProxy
from nameko.exceptions import RemoteError
with ClusterRpcProxy({"AMQP_URI": sys.argv[1]}, timeout=10) as services:
    answers = {
        "programs": services.content.list_programs(limit=1)["total"],
        "title": services.search.search(q="francisation", lang="fr")["items"][0]["title"],
        "healthy": services.search.check_health(),
        "mail": services.notifications.check_health(),
    }
    try:
        services.content.get_program(ref="nothing")
    except RemoteError as error:
        answers["refusal"] = [error.exc_type, error.value]
print(json.dumps(answers))
"""


def test_a_cluster_rpc_proxy_calls_each_service(distributed: RunningPlatform):
    import json

    url = distributed.environment["NEXUS_RABBITMQ_URL"]
    done = subprocess.run([sys.executable, "-c", CLIENT, url], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    assert answers["programs"] >= 41
    assert answers["title"].startswith("Francisation Québec")
    assert answers["healthy"] == {"engines": {"database": None, "search_engine": None, "broker": None}}
    assert answers["mail"] == {"engines": {"database": None, "mail": None, "broker": None}}
    assert answers["refusal"] == ["NotFound", "program_not_found (ref='nothing')"]
