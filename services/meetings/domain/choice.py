"""Who is to meet a company: who speaks its language and knows its matter, then who has had least to do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from services.meetings.contracts.availability import AvailabilityContent
from services.meetings.contracts.meetings import Need

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Load:
    """How many meetings an advisor has ahead, and when the last one began; None: never, as far as is known."""

    upcoming: int = 0
    last: datetime | None = None


def speaks(content: AvailabilityContent, language: str) -> bool:
    """Whether an advisor can be met in `language`."""
    return language in content.languages


def ranked(
    advisors: Iterable[tuple[str, AvailabilityContent]],
    need: Need,
    loads: Mapping[str, Load],
    followers: Sequence[str] = (),
) -> Sequence[str]:
    """Ids, best first: who follows the company already (`followers`, the latest first), then most of the need known,
    fewest meetings ahead, longest without one; never by chance."""
    about = {*need.themes, *(value for values in need.answers.values() for value in values)}

    def order(advisor: tuple[str, AvailabilityContent]) -> tuple[int, int, int, datetime, str]:
        load = loads.get(advisor[0], Load())
        known = len(about & set(advisor[1].expertise))
        follows = followers.index(advisor[0]) if advisor[0] in followers else len(followers)
        return follows, -known, load.upcoming, load.last or _NEVER, advisor[0]

    return [one[0] for one in sorted(advisors, key=order)]
