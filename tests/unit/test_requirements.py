"""Each process runs with the packages of its own requirements file, and with no other."""

import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

_FILES = Path(__file__).parents[2] / "requirements"
_SERVICES = ("content", "meetings", "notifications", "people", "search")
_LOADED = {
    **{name: f"load_declarations(); load_composition({name!r})" for name in _SERVICES},
    "operator": "load_commands()",
    "gateway": "import gateway.app",
}
_PROGRAM = """
import importlib.abc, json, sys
from importlib.metadata import entry_points

class Refuses(importlib.abc.MetaPathFinder):
    def __init__(self, names):
        self.names = names

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Refuses(frozenset(json.loads(sys.argv[1]))))

def load_declarations():
    for point in entry_points(group="nexus.services"):
        point.load()

def load_commands():
    import nexus.cli
    for point in (*entry_points(group="nexus.commands"), *entry_points(group="nexus.samples")):
        point.load()

def load_composition(name):
    entry_points(group="nexus.compositions")[name].load()

"""


def _absent(process: str) -> list[str]:
    """The modules here that come from no distribution of the file."""
    text = (_FILES / f"{process}.txt").read_text()
    locked = {_plain(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)}
    return [
        module
        for module, distributions in packages_distributions().items()
        if locked.isdisjoint(map(_plain, distributions)) and "emploi-nexus" not in map(_plain, distributions)
    ]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("process", _LOADED)
def test_a_process_starts_with_what_its_requirements_name(process: str) -> None:
    command = [sys.executable, "-c", _PROGRAM + _LOADED[process], json.dumps(_absent(process))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-2000:]
