"""Use cases of requests for personal data: they are asked for, begin, gather what every service did, and end."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import uuid4

from nexus.audit import note
from nexus.caller import Caller, Language, Role
from nexus.errors import Forbidden, NotFound
from nexus.personal import RETENTION, DataAnswered, DataPurged, DataSeals
from services.people.contracts.people import Person
from services.people.contracts.privacy import (
    AskPersonalData,
    DataRequest,
    DataRequests,
    KeptKind,
    OwnExport,
    PersonalDataAsked,
    PersonalDataMailed,
    RecordDataRequest,
    RequestKind,
)
from services.people.domain import privacy as rules
from services.people.domain.people import own_sector, require_other_admin
from services.people.domain.secrets import new_token, token_digest
from services.people.service.signin import Seals
from services.people.store.people import PeopleStore
from services.people.store.privacy import PrivacyStore

LEADERS = (Role.COORDINATOR, Role.ADMIN)
# The page of a request on every gateway, in the language of the mail.
REQUEST_PATHS: Mapping[Language, str] = {
    "fr": "/fr/mes-renseignements/demande",
    "en": "/en/my-data/request",
}


@dataclass(frozen=True)
class PrivacyDesk:
    """`mail` closes for notifications, `own` and `content` for those who hold data, `key` tells addresses apart;
    `kept`: days by kind."""

    requests: PrivacyStore
    people: PeopleStore
    mail: Seals
    own: DataSeals
    content: DataSeals
    key: bytes
    kept: Mapping[str, int]
    clock: Callable[[], datetime]
    wake: Callable[[], None]

    def ask(self, command: AskPersonalData, caller: Caller) -> None:
        """Mail the link with which it begins, unless too many were asked for."""
        sector, now = own_sector(caller), self.clock()
        request = self._new(sector, command.email, command.kind, command.language, now)
        who = self._who(sector, command.email)
        own, origin = self.requests.asked_since(now - rules.ASKED_PERIOD, who, caller.origin, rules.MOST_FROM)
        if own < rules.MOST_ASKED and origin < rules.MOST_FROM:
            self._keep(request, command.email, command.base_url, caller.origin, confirmed=False)

    def ask_own(self, kind: RequestKind, base_url: str, language: Language, caller: Caller) -> None:
        """Raises Forbidden(`sign_in_required`)."""
        person = self.people.by_id(caller.sector, caller.person)
        if person is None or not person.roles:
            raise Forbidden("sign_in_required")
        self.ask(AskPersonalData(email=person.email, kind=kind, base_url=base_url, language=language), caller)

    def open(self, token: str, caller: Caller) -> DataRequest:
        """Raises NotFound(`data_request_not_found`)."""
        found = self.requests.by_link(caller.sector, token_digest(token), self.clock())
        if found is None:
            raise NotFound("data_request_not_found")
        return found

    def confirm(self, token: str, caller: Caller) -> DataRequest:
        """Raises NotFound(`data_request_not_found`), Conflict(`last_admin`)."""
        request = self.open(token, caller)
        if request.state == "asked":
            self._begin(request, self._email(request))
            note("data_request", request.id, request.kind, after={"state": "open"}, sector=request.sector)
        return self.open(token, caller)

    def export(self, token: str, caller: Caller) -> OwnExport:
        """Raises NotFound(`data_request_not_found`), Conflict(`export_not_ready`)."""
        request = self.open(token, caller)
        rules.require_export(request)
        data = {name: self._opened(name, one) for name, one in self.requests.data(request.id).items()}
        note("data_request", request.id, request.kind, after={"handed_over": True}, sector=request.sector)
        until = (request.expires_at or self.clock()).isoformat()
        told: dict[str, str | None] = {
            "email": self._email(request),
            "sector": request.sector,
            "until": until,
        }
        return OwnExport(request=request, data=data, grant=self.own.close(told))

    def record(self, command: RecordDataRequest, caller: Caller) -> DataRequest:
        """Raises Conflict(`last_admin`)."""
        caller.require(*LEADERS)
        sector, now = own_sector(caller), self.clock()
        request = self._new(sector, command.email, command.kind, command.language, now).model_copy(
            update={
                "recorded_by": caller.person,
                "reason": rules.without(command.reason, command.email),
                "verified": rules.without(command.verified, command.email),
            }
        )
        if request.kind == "erasure":
            self._require_replaceable(sector, command.email)
        self._keep(request, command.email, command.base_url, None, confirmed=True)
        self._begin(request, command.email)
        note("data_request", request.id, request.kind, after={"state": "open"})
        return self.get(request.id, caller)

    def listed(self, caller: Caller) -> DataRequests:
        """The latest first."""
        caller.require(*LEADERS)
        return DataRequests(items=tuple(self.requests.begun(caller.sector)))

    def get(self, request_id: str, caller: Caller) -> DataRequest:
        """Raises NotFound(`data_request_not_found`)."""
        caller.require(*LEADERS)
        found = self.requests.by_id(caller.sector, request_id)
        if found is None or found.state == "asked":
            raise NotFound("data_request_not_found")
        return found

    def take(self, answer: DataAnswered) -> None:
        """A service has done its part; with the last one the request ends. A repetition changes nothing."""
        request = self.requests.answer(answer, self.clock())
        if request is None or request.state != "open" or request.awaited:
            return
        told = self.own.open(self.requests.sealed(request.id) or "")
        event = self._mailed(request, "done", told["email"] or "", told["link"] or "")
        self.requests.end(rules.done(request, self.clock()), event)
        self.wake()

    def retention(self, caller: Caller) -> tuple[KeptKind, ...]:
        """All kinds, with what the last night of each service purged."""
        caller.require(*LEADERS)
        nights = self.requests.nights()
        return tuple(
            KeptKind(
                kind=one.kind,
                service=one.service,
                days=self.kept[one.kind],
                since=one.since,
                purged_at=at if one.kind in counts else None,
                purged=counts.get(one.kind),
            )
            for one in RETENTION
            for at, counts in [nights.get(one.service, (None, {}))]
        )

    def purged(self, night: DataPurged) -> None:
        """Remember what a service purged."""
        self.requests.purged(night)

    def purge(self) -> dict[str, int]:
        """What was handed over, and requests, once their time is over."""
        now = self.clock()
        self.requests.forget_unconfirmed(now)
        days = timedelta(days=self.kept["data_requests"])
        return {
            "exports": self.requests.forget_data(now),
            "data_requests": self.requests.forget_done(now - days),
        }

    def _new(
        self, sector: str, email: str, kind: RequestKind, language: Language, now: datetime
    ) -> DataRequest:
        return DataRequest(
            id=uuid4().hex,
            sector=sector,
            kind=kind,
            state="asked",
            shown=rules.masked(email),
            language=language,
            asked_at=now,
            expires_at=now + rules.ASKED_LIFE,
        )

    def _keep(
        self, request: DataRequest, email: str, base_url: str, origin: str | None, *, confirmed: bool
    ) -> None:
        """Store it; unless it is confirmed already, its link is mailed to be followed."""
        token = new_token()
        link = f"{base_url}{REQUEST_PATHS[request.language]}/{token}"
        about = {
            "who": self._who(request.sector, email),
            "origin": origin,
            "link": token_digest(token),
            "sealed": self.own.close({"email": email, "link": link}),
        }
        mails = [] if confirmed else [self._mailed(request, "confirm", email, link)]
        self.requests.add(request, about, *mails)
        self.wake()

    def _begin(self, request: DataRequest, email: str) -> None:
        person = self.people.by_email(request.sector, email)
        if request.kind == "erasure":
            self._require_replaceable(request.sector, email)
        event = PersonalDataAsked(
            id=request.id,
            sector=request.sector,
            kind=request.kind,
            language=request.language,
            person=person.id if person else None,
            sealed=self.own.close({"email": email}),
            sealed_for_content=self.content.close({"email": email}),
        )
        self.requests.begin(rules.begun(request, self.clock()), event)
        self.wake()

    def _require_replaceable(self, sector: str, email: str) -> None:
        """Raises Conflict(`last_admin`)."""
        person: Person | None = self.people.by_email(sector, email)
        if person is not None:
            require_other_admin(person, frozenset(), self.people.admins(sector))

    def _mailed(
        self, request: DataRequest, what: Literal["confirm", "done"], email: str, link: str
    ) -> PersonalDataMailed:
        return PersonalDataMailed(
            id=f"{request.id}-{what}",
            sector=request.sector,
            language=request.language,
            kind=request.kind,
            what=what,
            sealed=self.mail.close({"to": email, "link": link}),
        )

    def _opened(self, service: str, sealed: str) -> str:
        seal = self.content if service == "content" else self.own
        return seal.open(sealed)["data"] or "{}"

    def _email(self, request: DataRequest) -> str:
        return self.own.open(self.requests.sealed(request.id) or "")["email"] or ""

    def _who(self, sector: str, email: str) -> str:
        return hmac.new(self.key, f"{sector}:{email}".encode(), hashlib.sha256).hexdigest()
