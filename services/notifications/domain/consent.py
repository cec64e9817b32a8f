"""Whether somebody may be written to for a purpose that they can refuse, and at which hour.

Canada's anti-spam law (S.C. 2010, c. 23): a mail says who sends it, where they are reached and how to withdraw (s.
6(2)); express consent lasts until it is withdrawn; what is implied by having done business ends two years later (s.
10(9) and (10)); a withdrawal counts at once (s. 11(3) allows ten business days)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from services.notifications.contracts.consent import Consent, QuietHours

_IMPLIED_YEARS = 2


class Held(Exception):
    """A message that is not to be sent before `until`: the recipient wants quiet."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


def implied_until(at: datetime) -> datetime:
    """When consent that a meeting implies ends."""
    try:
        return at.replace(year=at.year + _IMPLIED_YEARS)
    except ValueError:  # the 29th of February
        return at.replace(year=at.year + _IMPLIED_YEARS, month=3, day=1)


def refusal(known: Consent | None, now: datetime) -> str | None:
    """Why nothing may be sent on the ground of `known`: `consent_missing`, `consent_withdrawn`, `consent_expired`;
    None: it may."""
    if known is None:
        return "consent_missing"
    if known.withdrawn_at is not None:
        return "consent_withdrawn"
    if known.expires_at is not None and known.expires_at <= now:
        return "consent_expired"
    return None


def agreed(known: Consent | None, given: Consent) -> Consent:
    """What holds after `given`: what is implied never stands over what somebody said."""
    said = known is not None and (known.basis == "express" or known.withdrawn_at is not None)
    return known if known is not None and said and given.basis == "implied" else given


def quiet_until(quiet: QuietHours | None, zone: str, now: datetime) -> datetime | None:
    """When the quiet hours that `now` is in are over; None: it is in none."""
    if quiet is None:
        return None
    local = now.astimezone(ZoneInfo(zone))
    after, before = local.hour >= quiet.begin, local.hour < quiet.end
    if not (after and before if quiet.begin < quiet.end else after or before):
        return None
    end = local.replace(hour=quiet.end, minute=0, second=0, microsecond=0)
    return (end if end > local else end + timedelta(days=1)).astimezone(UTC)
