"""Secrets that processes share: given by a setting, or, embedded, made at the first start."""

import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from nexus.composition import Resources
from nexus.errors import InvalidInput
from nexus.settings import require_strong


def sealing_secret(resources: Resources) -> str:
    """NEXUS_SEALING_SECRET; embedded, else one that is made at the first start.

    Raises InvalidInput(`setting_missing`, `setting_weak`)."""
    return shared_secret(resources, resources.settings.sealing_secret, "sealing-secret")


def link_secret(resources: Resources) -> str:
    """NEXUS_PREVIEW_SECRET, with which links are signed; embedded, else one that is made at the first start.

    Raises InvalidInput(`setting_missing`, `setting_weak`)."""
    return shared_secret(resources, resources.settings.preview_secret, "preview-secret")


def shared_secret(resources: Resources, given: SecretStr | None, name: str) -> str:
    """The secret given, or, embedded, that in the file `name` of the data folder."""
    setting = f"NEXUS_{name.upper().replace('-', '_')}"
    if given is None and resources.embedded:
        return _kept(resources.settings.data / name)
    if given is None:
        raise InvalidInput("setting_missing", setting=setting)
    return require_strong(given.get_secret_value(), setting)


def _kept(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_suffix(".new")
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32))
        made.replace(path)
    return path.read_text()
