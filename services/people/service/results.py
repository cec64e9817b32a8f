"""Use case of what fits a company: it is mailed to whoever asks for it. And its door."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from nexus.caller import Caller
from nexus.errors import Conflict, Forbidden
from nexus.service import rpc
from services.people.contracts.results import MailResult, ResultAsked
from services.people.service.signin import Seals
from services.people.store.people import PeopleStore
from services.people.store.results import ResultStore

MOST = 5  # within PERIOD: more would only fill a mailbox
PERIOD = timedelta(minutes=15)
_PAGES = {"fr": "/fr/trouver", "en": "/en/find"}


@dataclass(frozen=True)
class ResultDesk:
    """Results go to the address of the caller's account, whatever is asked."""

    people: PeopleStore
    results: ResultStore
    seal: Seals
    clock: Callable[[], datetime]
    wake: Callable[[], None]

    def mail(self, command: MailResult, caller: Caller) -> None:
        """Raises Forbidden(`sign_in_required`), Conflict(`result_mailed_often`)."""
        person = self.people.by_id(caller.sector, caller.person)
        if person is None or not person.roles:
            raise Forbidden("sign_in_required")
        now = self.clock()
        if self.results.since(person.id, now - PERIOD, MOST) >= MOST:
            raise Conflict("result_mailed_often")
        link = command.base_url.rstrip("/") + _PAGES[command.language] + command.answers
        sealed = self.seal.close({"to": person.email, "link": link})
        event = ResultAsked(id=uuid4().hex, sector=person.sector, language=command.language, sealed=sealed)
        self.results.add(person.id, now, event)
        self.wake()


class ResultDoors:
    """What the service answers about results."""

    results: ResultDesk

    @rpc
    def mail_result(self, command: MailResult, caller: Caller) -> None:
        self.results.mail(command, caller)
