"""Secrets that people carry, and what is stored of them: nothing that would let a thief in.

A code has six digits, so that its plain hash could be undone by trying them all: it is keyed with a secret
that the database does not hold. Tokens have 256 random bits, for which a plain SHA-256 is enough."""

import hashlib
import hmac
import secrets

CODE_DIGITS = 6


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


def new_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def derived(challenge: str, purpose: str) -> bytes:
    """32 bytes that only who holds `challenge` can tell, and that do not tell `challenge`."""
    return hashlib.sha256(f"{purpose}:{challenge}".encode()).digest()


def code_digest(key: bytes, challenge: str, code: str) -> str:
    """What is stored of a code: good for one challenge."""
    return hmac.new(key, f"{challenge}:{code}".encode(), hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two digests agree, in a time that does not tell how much of them does."""
    return hmac.compare_digest(one, other)
