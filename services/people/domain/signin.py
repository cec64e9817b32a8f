"""Rules of sign-in: how long, how often, how many."""

from datetime import datetime, timedelta

from nexus.caller import Role
from services.people.contracts.people import STAFF

CODE_LIFE = timedelta(minutes=15)
INVITATION_LIFE = timedelta(days=7)
TRIES = 5  # of one code
CODES_PER_ADDRESS = 5  # within CODE_LIFE: more would only fill a mailbox
CODES_PER_ORIGIN = 30  # within CODE_LIFE: an office behind one address
FAILURES = 100  # wrong codes in a row for one address, NIST SP 800-63B §5.2.2; then only the link signs in

_STAFF_SESSION = timedelta(hours=12)
_MEMBER_SESSION = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=5)  # how exactly the last use of a session is known


def is_staff(roles: frozenset[Role]) -> bool:
    """Whether somebody may do more than a member."""
    return not roles.isdisjoint(STAFF)


def session_end(roles: frozenset[Role], now: datetime) -> datetime:
    """When a session that begins now ends: a working day for those who may change something."""
    return now + (_STAFF_SESSION if is_staff(roles) else _MEMBER_SESSION)


def may_mail(to_address: int, from_origin: int) -> bool:
    """Whether one more code may be mailed, after so many within CODE_LIFE."""
    return to_address < CODES_PER_ADDRESS and from_origin < CODES_PER_ORIGIN
