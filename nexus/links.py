"""The secrets of links that stay: of a meeting, a calendar, somebody's preferences.

They follow from the id and a key of the service: nothing of them is stored, and they can be told again, the same."""

import hashlib
import hmac
from dataclasses import dataclass


@dataclass(frozen=True)
class Links:
    """Makes and reads the secrets of one purpose."""

    key: bytes
    purpose: str

    def token(self, about: str, version: int = 1) -> str:
        """The secret of one thing; another `version`, another secret."""
        told = f"{self.purpose}:{about}:{version}".encode()
        return f"{about}.{hmac.new(self.key, told, hashlib.sha256).hexdigest()[:40]}"

    def about(self, token: str) -> str:
        """What a token says that it is about; `is_good` says whether it may."""
        return token.rpartition(".")[0]

    def is_good(self, token: str, version: int = 1) -> bool:
        """Whether we made it."""
        return hmac.compare_digest(self.token(self.about(token), version).encode(), token.encode())
