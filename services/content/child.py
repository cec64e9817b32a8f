"""A process of its own for what must not run in the service's: it gets no secret of ours, and its time ends.

It is looked at again and again instead of waited for: this way eventlet's other work goes on, and the same code runs
in both runtimes."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

_LOOK = 0.02  # seconds between looks at the process


def run(module: str, arguments: Sequence[str], folder: Path, seconds: float) -> int | None:
    """The exit status of `python -m module arguments` in `folder`; None when its time was up."""
    process = subprocess.Popen(  # noqa: S603 - its arguments are paths of ours
        [sys.executable, "-I", "-m", module, *arguments],
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
        return process.returncode
    finally:
        if process.poll() is None:
            process.kill()
            while process.poll() is None:
                time.sleep(_LOOK)
