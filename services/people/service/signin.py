"""Use cases of sign-in by a code or a link from a mail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import uuid4

from nexus.caller import Caller, Language, Role
from nexus.errors import Forbidden
from services.people.contracts.people import Company, Person
from services.people.contracts.signin import (
    CodeIssued,
    CodeRequested,
    ConfirmCode,
    ConfirmIdentity,
    ConfirmLink,
    RequestCode,
    SignedIn,
)
from services.people.domain import signin
from services.people.domain.people import MEMBER, own_sector
from services.people.domain.secrets import code_digest, new_code, new_token, same, token_digest
from services.people.service.sessions import SessionDesk, note_person
from services.people.store.people import PeopleStore
from services.people.store.tickets import Ticket, TicketStore

# Pages of every gateway, in the language of the mail. A link is opened by a person, and confirmed there:
# what mail scanners fetch signs nobody in.
LINK_PATHS: Mapping[Language, str] = {"fr": "/fr/connexion/lien", "en": "/en/sign-in/link"}


class Seals(Protocol):
    """Closes what only the notifications service may read."""

    def close(self, fields: dict[str, str | None]) -> str: ...


def link_to(base_url: str, language: Language, token: str) -> str:
    """The address in a mail, which the page behind it reads without JavaScript."""
    return f"{base_url}{LINK_PATHS[language]}?token={token}"


@dataclass(frozen=True)
class SignInDesk:
    """Issues codes and confirms them. `key` is what codes are hashed with."""

    people: PeopleStore
    tickets: TicketStore
    sessions: SessionDesk
    seal: Seals
    key: bytes
    clock: Callable[[], datetime]
    wake: Callable[[], None]

    def request(self, command: RequestCode, caller: Caller) -> CodeRequested:
        """The same for every address and at every time: only the mail differs, or does not come."""
        sector, now = own_sector(caller), self.clock()
        challenge, code, token = new_token(), new_code(), new_token()
        since, most = now - signin.CODE_LIFE, signin.CODES_PER_ORIGIN
        counted = self.tickets.codes_since(since, sector, command.email, caller.origin, most)
        by_code = self.tickets.failures(sector, command.email) < signin.FAILURES
        ticket = Ticket(
            id=token_digest(challenge),
            sector=sector,
            email=command.email,
            language=command.language,
            link=token_digest(token),
            code=code_digest(self.key, challenge, code) if by_code else None,
            tries=0 if by_code else signin.TRIES,
            origin=caller.origin,
            next=command.next,
            created_at=now,
            expires_at=now + signin.CODE_LIFE,
        )
        link = link_to(command.base_url, command.language, token)
        event = self._code_issued(ticket, code if by_code else None, link)
        self.tickets.add(ticket, *([event] if signin.may_mail(*counted) else []))
        self.wake()
        return CodeRequested(challenge=challenge, expires_at=ticket.expires_at)

    def confirm_code(self, command: ConfirmCode, caller: Caller) -> SignedIn:
        """Raises Forbidden(`code_expired`, `code_wrong`)."""
        sector = own_sector(caller)
        key = token_digest(command.challenge)
        ticket = self.tickets.take_try(key, sector, signin.TRIES, self.clock())
        if ticket is None or ticket.grants is not None:
            raise Forbidden("code_expired")
        digits = "".join(filter(str.isdigit, command.code))
        given = code_digest(self.key, command.challenge, digits)
        if not same(ticket.code or "", given):
            self.tickets.failed(sector, ticket.email)
            left = signin.TRIES - ticket.tries - 1
            raise Forbidden("code_wrong" if left else "code_expired", tries_left=left)
        if not self.tickets.use(ticket):
            raise Forbidden("code_expired")
        return self._signed_in(ticket, command.device, caller)

    def confirm_link(self, command: ConfirmLink, caller: Caller) -> SignedIn:
        """Raises Forbidden(`link_expired`)."""
        ticket = self.tickets.by_link(own_sector(caller), token_digest(command.token), self.clock())
        if ticket is None or not self.tickets.use(ticket):
            raise Forbidden("link_expired")
        return self._signed_in(ticket, command.device, caller)

    def confirm_identity(self, command: ConfirmIdentity, caller: Caller) -> SignedIn:
        """Raises Forbidden(`account_needed`)."""
        sector, now = own_sector(caller), self.clock()
        ticket = self.tickets.invitation(sector, command.email, now)
        if ticket is None or not self.tickets.use(ticket):
            known = self.people.by_email(sector, command.email)
            if not command.may_join and not (known and known.roles):
                raise Forbidden("account_needed")
            ticket = _without_mail(command, sector, now)
        return self._signed_in(replace(ticket, next=command.next), command.device, caller)

    def _signed_in(self, ticket: Ticket, device: str, caller: Caller) -> SignedIn:
        self.tickets.succeeded(ticket.sector, ticket.email)
        self.tickets.withdraw(ticket.sector, ticket.email)
        person = self._account(ticket)
        token, end = self.sessions.begin(person, device, caller)
        return SignedIn(token=token, person=person, expires_at=end, next=ticket.next)

    def _account(self, ticket: Ticket) -> Person:
        """The account of the ticket's address, with what the ticket grants; a new one if there was none."""
        while True:
            before = self.people.by_email(ticket.sector, ticket.email)
            after = _granted(before, ticket, self.clock())
            if after == before:
                return after
            done = self.people.replace(after, before.revision) if before else self.people.add(after)
            if done:
                self.wake()
                note_person(before, after)
                self.wake()
                return after

    def _code_issued(self, ticket: Ticket, code: str | None, link: str) -> CodeIssued:
        return CodeIssued(
            id=uuid4().hex,
            sector=ticket.sector,
            language="en" if ticket.language == "en" else "fr",
            minutes=int(signin.CODE_LIFE.total_seconds()) // 60,
            sealed=self.seal.close({"to": ticket.email, "code": code, "link": link}),
        )


def _without_mail(command: ConfirmIdentity, sector: str, now: datetime) -> Ticket:
    """What a code would have been, for an address that is proven otherwise. It is never stored."""
    return Ticket(
        id="",
        sector=sector,
        email=command.email,
        language=command.language,
        link="",
        created_at=now,
        expires_at=now,
    )


def _granted(before: Person | None, ticket: Ticket, now: datetime) -> Person:
    grants = ticket.grants or {}
    person = before or _new_account(ticket, now)
    granted: dict[str, Any] = {}
    if roles := frozenset(map(Role, grants.get("roles", ()))) - person.roles:
        granted["roles"] = person.roles | roles
    elif not person.roles:  # one who was removed, and comes back by the ordinary way
        granted["roles"] = MEMBER
    if grants.get("name") and not person.name:
        granted["name"] = grants["name"]
    if grants.get("company") and not person.company:
        granted["company"] = Company.read(grants["company"])
    if not granted or before is None:
        return person.model_copy(update=granted)
    return person.model_copy(update={**granted, "revision": person.revision + 1})


def _new_account(ticket: Ticket, now: datetime) -> Person:
    return Person(
        id=uuid4().hex,
        sector=ticket.sector,
        email=ticket.email,
        language="en" if ticket.language == "en" else "fr",
        roles=frozenset() if ticket.grants else MEMBER,
        revision=1,
        created_at=now,
    )
