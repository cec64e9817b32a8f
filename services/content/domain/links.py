"""When a link counts as broken, and when it is looked at again."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from services.content.contracts.links import Outcome
from services.content.domain.freshness import day_of

__all__ = ["Link", "Outcome", "Result"]

AGAIN = timedelta(days=7)  # between two looks at a link
_DAYS = 3  # on which it must have failed
_AT_ONCE = {Outcome.GONE}  # the server itself says that there is nothing
_NO_FAILURE = {Outcome.THERE, Outcome.WITHHELD}


class Result(NamedTuple):
    """What came of one look at a link. `status`: of HTTP, where there was an answer."""

    outcome: Outcome
    status: int | None = None


@dataclass(frozen=True)
class Link:
    """A link, and what is known of it. `failed_on`: days (`date.toordinal`) on which it failed, since it last did not;
    `since`: the first of these moments."""

    url: str
    next_check: datetime
    outcome: Outcome | None = None
    status: int | None = None
    checked_at: datetime | None = None
    since: datetime | None = None
    failed_on: tuple[int, ...] = ()

    @property
    def is_broken(self) -> bool:
        """Whether it failed on several days, so that it was no passing trouble, or is gone."""
        return self.outcome in _AT_ONCE or len(self.failed_on) >= _DAYS

    def after(self, result: Result, now: datetime) -> "Link":
        """What is known once it was looked at; who fails is left alone for longer and longer."""
        looked = replace(self, outcome=result.outcome, status=result.status, checked_at=now)
        if result.outcome in _NO_FAILURE:
            return replace(looked, since=None, failed_on=(), next_check=now + AGAIN)
        failed_on = tuple(dict.fromkeys((*self.failed_on, day_of(now).toordinal())))[-_DAYS:]
        pause = min(timedelta(days=2 ** (len(failed_on) - 1)), AGAIN)
        since = self.since or now
        return replace(looked, since=since, failed_on=failed_on, next_check=now + pause)
