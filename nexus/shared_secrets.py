"""Secrets that processes share: given by a setting, or, embedded, made at the first start."""

import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from nexus.composition import Resources
from nexus.errors import InvalidInput

_SHORTEST = 32  # characters of a secret that deserves the name


def sealing_secret(resources: Resources) -> str:
    """NEXUS_SEALING_SECRET; embedded, else one that is made at the first start.

    Raises InvalidInput(`setting_missing`, `setting_weak`)."""
    return shared_secret(resources, resources.settings.sealing_secret, "sealing-secret")


def link_secret(resources: Resources) -> str | None:
    """NEXUS_PREVIEW_SECRET, with which links are signed; embedded, else one that is made at the first start.

    Without one there are no such links. Raises InvalidInput(`setting_weak`)."""
    given = resources.settings.preview_secret
    if given is None and not resources.embedded:
        return None
    return shared_secret(resources, given, "preview-secret")


def shared_secret(resources: Resources, given: SecretStr | None, name: str) -> str:
    """The secret given, or, embedded, that in the file `name` of the data folder."""
    setting = f"NEXUS_{name.upper().replace('-', '_')}"
    if given is None and resources.embedded:
        return _kept(resources.settings.data / name)
    if given is None:
        raise InvalidInput("setting_missing", setting=setting)
    secret = given.get_secret_value()
    if len(secret) < _SHORTEST or len(set(secret)) < 8:
        raise InvalidInput("setting_weak", setting=setting, needed=f"{_SHORTEST} random characters")
    return secret


def _kept(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_suffix(".new")
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32))
        made.replace(path)
    return path.read_text()
