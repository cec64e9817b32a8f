"""Text messages through a provider, whichever of those that apprise knows.

apprise tells that a message was taken, or that it was not, and no more: what was not is tried again, up to the number
of attempts that every message has. A provider that takes one and does not say so in time is asked twice."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from apprise import Apprise, AppriseAsset
from apprise.plugins.base import NotifyBase

from nexus.errors import InvalidInput
from services.notifications.channels import Send, Undeliverable
from services.notifications.domain.messages import Letter

_TO = "{to}"
_CONNECT, _ANSWER = 10.0, 20.0  # seconds that a provider has
_SOMEBODY = "+15145550123"  # a number that nobody has: https://cnac.ca/co_codes/fictional_numbers.htm


class AppriseChannel:
    """Hands text messages to the provider at `url`, where `{to}` stands for the number."""

    def __init__(self, url: str) -> None:
        """Raises InvalidInput(`setting_invalid`) unless apprise knows what `url` is."""
        logging.getLogger("apprise").disabled = True  # it repeats numbers and what providers say of them
        logging.getLogger("urllib3").setLevel(logging.WARNING)  # below, it tells each address that is asked
        self._url = url
        self._asset = AppriseAsset(async_mode=False)
        if _TO not in url or self._provider(_SOMEBODY) is None:
            raise InvalidInput(
                "setting_invalid", setting="NEXUS_TEXT_URL", wanted=f"an address of apprise with {_TO}"
            )

    @contextmanager
    def open(self) -> Iterator[Send]:
        yield self._send

    def check(self) -> None:
        """No provider can be asked without sending something."""

    def _send(self, letter: Letter) -> str:
        provider = self._provider(letter.to)
        if provider is None or not provider.notify(body=letter.text):
            raise Undeliverable("text_not_taken", permanent=False)
        return "text_taken"

    def _provider(self, number: str) -> NotifyBase | None:
        provider = Apprise.instantiate(self._url.replace(_TO, number), asset=self._asset)
        if not isinstance(provider, NotifyBase):
            return None
        provider.socket_connect_timeout, provider.socket_read_timeout = _CONNECT, _ANSWER
        return provider
