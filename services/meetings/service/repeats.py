"""What is asked for twice with the same key is made once."""

import hashlib

from nexus.caller import Caller


def id_of(key: str, caller: Caller) -> str:
    """The id of what a key makes: the same each time, and nobody else's."""
    return hashlib.sha256(f"{caller.sector}:{key}".encode()).hexdigest()[:32]
