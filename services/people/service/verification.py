"""Use case of owners: ask those who are responsible for what is due, in one mail each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson

from nexus.caller import Language
from nexus.signing import Signer
from nexus.telemetry import log
from services.content.contracts.verification import DueProgram, VerificationDue, VerificationLink
from services.people.contracts.people import Person
from services.people.contracts.verification import VerificationAsked
from services.people.domain.owners import EDITORS, PAUSE, shared_out
from services.people.service.signin import Seals
from services.people.store.people import PeopleStore
from services.people.store.reminders import ReminderStore

# Pages of every gateway, in the language of the mail. A link is opened by a person, and confirmed there: what mail
# scanners fetch verifies nothing.
STILL_CORRECT_PATHS: Mapping[Language, str] = {"fr": "/fr/toujours-exact", "en": "/en/still-correct"}
_FORM = "/{language}/admin/programs/{id}"
_LONGEST_TITLE = 200  # characters that a mail takes


@dataclass(frozen=True)
class OwnerDesk:
    """`sites` are the addresses of the sectors' sites. Without them, or without a `signer`, nobody is asked."""

    people: PeopleStore
    reminders: ReminderStore
    sites: Mapping[str, str]
    signer: Signer | None
    seal: Seals
    clock: Callable[[], datetime]
    wake: Callable[[], None]

    def ask(self, event: VerificationDue) -> None:
        """One mail to each owner, unless one went out lately: what is due is told again each day."""
        if self.signer is None or not self.sites:
            log.warning("owners_not_asked", reason="NEXUS_PREVIEW_SECRET or NEXUS_SITES is not set")
            return
        accounts = [one for one in self.people.having(EDITORS) if one.sector in self.sites]
        for person, programs in shared_out(event.programs, accounts):
            if self.reminders.is_due(person.id, self.clock(), PAUSE):
                told = self._told(person, programs, self.signer)
                self.reminders.remind(person.id, self.clock(), PAUSE, told)
        self.wake()

    def _told(self, person: Person, programs: Sequence[DueProgram], signer: Signer) -> VerificationAsked:
        items = [self._item(person, program, signer) for program in programs]
        return VerificationAsked(
            id=uuid4().hex,
            sector=person.sector,
            language=person.language,
            sealed=self.seal.close({"to": person.email, "items": orjson.dumps(items).decode()}),
        )

    def _item(self, person: Person, program: DueProgram, signer: Signer) -> dict[str, Any]:
        link = VerificationLink(
            program=program.id, person=person.id, sector=person.sector, verified_on=program.verified_on
        )
        site, language = self.sites[person.sector], person.language
        return {
            "title": _title(program, language),
            "url": site + _FORM.format(language=language, id=program.id),
            "still_correct_link": f"{site}{STILL_CORRECT_PATHS[language]}?token={signer.sign(link)}",
            "verified_on": program.verified_on,
        }


def _title(program: DueProgram, language: Language) -> str:
    own, other = (
        (program.title.fr, program.title.en) if language == "fr" else (program.title.en, program.title.fr)
    )
    title = own or other or program.id
    return title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…"
