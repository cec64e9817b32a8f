"""A process of its own for what strangers' files may do to whoever reads them: no secrets, limits, an end."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

_LOOK = 0.02  # seconds between looks at the process: waiting this way also lets eventlet's other work go on


def confine(memory: int, seconds: int, output: int) -> None:
    """Limit this process to `memory` bytes of address space, `seconds` of work, `output` bytes in a file."""
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, output),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    os.nice(5)  # people who wait for a page come first


def run(
    module: str,
    arguments: Sequence[Path],
    folder: Path,
    seconds: float,
    while_waiting: Callable[[], None] = lambda: None,
) -> int | None:
    """The exit status of `python -m module arguments`, run in `folder`; None when its time was up."""
    process = subprocess.Popen(  # noqa: S603 - its arguments are paths of ours
        [sys.executable, "-I", "-m", module, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "HOME": str(folder)},  # none of our secrets
        start_new_session=True,
    )
    deadline = time.monotonic() + seconds
    try:
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(_LOOK)
            while_waiting()
        return process.returncode
    finally:
        if process.poll() is None:
            process.kill()
            while process.poll() is None:
                time.sleep(_LOOK)
