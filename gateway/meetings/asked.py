"""What the address of a page of booking says: which meeting, and the need that goes along."""

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from fastapi import Request

from gateway import fitting
from gateway.questions import QUESTIONS
from gateway.sectors import Language
from gateway.words import MEETING_PLACES, THEMES
from nexus.caller import LANGUAGES
from services.meetings.contracts.meetings import Need

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Asked:
    """`type` and `place` are as sent, or empty; `need` holds no more than is known here."""

    type: str
    place: str
    advisor: str
    since: date | None
    need: Need

    @property
    def need_pairs(self) -> Pairs:
        """The parameters that carry the need on."""
        answers = tuple((name, value) for name, values in self.need.answers.items() for value in values)
        themes = tuple(("theme", theme) for theme in self.need.themes)
        return (("spoken", self.need.language), *themes, *answers)

    @property
    def pairs(self) -> Pairs:
        """All that must go along to the next screen, without the day."""
        own = (("type", self.type), ("place", self.place), ("advisor", self.advisor))
        return (*(pair for pair in own if pair[1]), *self.need_pairs)

    def query(self, since: date | None = None) -> str:
        """The parameters, from another day on."""
        day = (("since", since.isoformat()),) if since else ()
        return "?" + urlencode((*self.pairs, *day))


def read(parameters: list[tuple[str, str]], language: Language) -> Asked:
    """What parameters say. What is not known is left out."""
    first = dict(reversed(parameters))
    given = fitting.read(parameters)
    answers = {
        one.parameter: tuple(str(value) for value in getattr(given.answers, one.field)) for one in QUESTIONS
    }
    themes = dict.fromkeys(value for name, value in parameters if name == "theme" and value in THEMES)
    spoken = first.get("spoken", "")
    place = first.get("place", "")
    return Asked(
        type=_id(first.get("type", "")),
        place=place if place in MEETING_PLACES else "",
        advisor=_id(first.get("advisor", "")),
        since=_day(first.get("since", "")),
        need=Need(
            language=spoken if spoken in LANGUAGES else language,
            themes=tuple(themes),
            answers={name: values for name, values in answers.items() if values},
        ),
    )


def of_request(request: Request, language: Language) -> Asked:
    """What the address of a request says."""
    return read(request.query_params.multi_items(), language)


def _id(text: str) -> str:
    return text if re.fullmatch("[A-Za-z0-9-]{1,64}", text) else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
