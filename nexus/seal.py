"""Seals what only another service may read: it crosses databases, events and logs as cipher text.

Keys for each purpose come from one secret, which the processes that need it share (HKDF, RFC 5869; Fernet:
https://github.com/fernet/spec)."""

import base64

import orjson
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from nexus.errors import Defect


class Seal:
    """Closes and opens for one purpose."""

    def __init__(self, secret: str, purpose: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(derived_key(secret, purpose)))

    def close(self, fields: dict[str, str | None]) -> str:
        """Cipher text of `fields`."""
        return self._fernet.encrypt(orjson.dumps(fields)).decode()

    def open(self, sealed: str) -> dict[str, str | None]:
        """What was closed. Raises Defect(`seal_broken`): it was changed, or closed with another secret."""
        try:
            opened: dict[str, str | None] = orjson.loads(self._fernet.decrypt(sealed.encode()))
        except InvalidToken:
            raise Defect("seal_broken") from None
        return opened


def derived_key(secret: str, purpose: str) -> bytes:
    """32 bytes that tell nothing of `secret`, nor of the keys for other purposes."""
    return HKDF(SHA256(), 32, salt=None, info=f"nexus.{purpose}".encode()).derive(secret.encode())
