"""Signed links: what somebody who is not signed in may do once, as one process says and another one checks.

Keys for each purpose come from one secret, which both have. The text can be read by who holds it, and altered by
nobody (https://itsdangerous.palletsprojects.com)."""

from datetime import timedelta
from typing import TypeVar

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from nexus.errors import InvalidInput, NotFound
from nexus.messages import Message

M = TypeVar("M", bound=Message)


class Signer:
    """Signs and checks for one purpose."""

    def __init__(self, secret: str, purpose: str) -> None:
        self._serializer = URLSafeTimedSerializer(secret, salt=f"nexus.{purpose}")
        self._purpose = purpose

    def sign(self, told: Message) -> str:
        """A token that says `told`, fit for an address."""
        return self._serializer.dumps(told.model_dump(mode="json"))

    def read(self, token: str, message: type[M], life: timedelta) -> M:
        """What a token says. Raises NotFound(`<purpose>_link_expired`, `<purpose>_link_invalid`)."""
        try:
            return message.read(self._serializer.loads(token, max_age=int(life.total_seconds())))
        except SignatureExpired:
            raise NotFound(f"{self._purpose}_link_expired") from None
        except (BadSignature, InvalidInput):
            raise NotFound(f"{self._purpose}_link_invalid") from None
