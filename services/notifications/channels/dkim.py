"""Signs mails for our domain: DKIM (RFC 6376), so that who receives one knows that it is ours and as we sent it."""

import dkim

from nexus.errors import InvalidInput

# What may not change on the way, with what is not there (RFC 6376, 5.4): nobody can add a second one.
_SIGNED = [
    *(b"from", b"to", b"subject", b"date", b"message-id", b"reply-to", b"content-type", b"mime-version"),
    *(b"auto-submitted", b"content-language", b"list-unsubscribe", b"list-unsubscribe-post"),
]


class Signature:
    """The key of a domain, whose public half stands in its DNS under `selector`."""

    def __init__(self, key: str, selector: str, domain: str) -> None:
        """`key` is an RSA key as PEM. Raises InvalidInput(`setting_invalid`)."""
        self._key = key.encode()
        self._selector = selector.encode()
        self._domain = domain.encode()
        try:
            self.sign(b"From: nexus\r\n\r\n")
        except dkim.DKIMException:
            raise InvalidInput(
                "setting_invalid", setting="NEXUS_DKIM_KEY", wanted="an RSA key as PEM, and a selector"
            ) from None

    def sign(self, mail: bytes) -> bytes:
        """`mail` with its signature before it."""
        signature: bytes = dkim.sign(
            mail,
            self._selector,
            self._domain,
            self._key,
            canonicalize=(b"relaxed", b"simple"),
            include_headers=_SIGNED,
        )
        return signature + mail
