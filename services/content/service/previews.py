"""Signed links that show a draft to whoever has them."""

from collections.abc import Callable
from datetime import datetime, timedelta

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from nexus.errors import NotFound

_GOOD_FOR = timedelta(days=14)


class Previews:
    """Signs and checks previews with `secret`."""

    def __init__(self, secret: str, clock: Callable[[], datetime]) -> None:
        self._serializer = URLSafeTimedSerializer(secret, salt="nexus.preview.post")
        self._clock = clock

    def sign(self, item_id: str) -> tuple[str, datetime]:
        """A token for `item_id`, and when it ends."""
        return self._serializer.dumps(item_id), self._clock() + _GOOD_FOR

    def checked(self, token: str) -> str:
        """The id in `token`. Raises NotFound(`preview_invalid`, `preview_expired`)."""
        try:
            return str(self._serializer.loads(token, max_age=int(_GOOD_FOR.total_seconds())))
        except SignatureExpired:
            raise NotFound("preview_expired") from None
        except BadSignature:
            raise NotFound("preview_invalid") from None
