"""Use cases of accounts: list, invite, change, remove."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from nexus.audit import note
from nexus.caller import Caller, Role
from nexus.errors import Forbidden, InvalidInput, NotFound, StaleRevision
from services.people.contracts.people import (
    STAFF,
    ChangePerson,
    Company,
    Invite,
    Invited,
    ListPeople,
    NameCompany,
    People,
    Person,
    PersonChanged,
    PersonInvited,
)
from services.people.domain import people as rules
from services.people.domain.privacy import masked
from services.people.domain.secrets import new_token, token_digest
from services.people.domain.signin import INVITATION_LIFE
from services.people.service.passkeys import PasskeyDesk
from services.people.service.sessions import SessionDesk, note_person
from services.people.service.signin import Seals, link_to
from services.people.store.people import PeopleStore
from services.people.store.tickets import Ticket, TicketStore

_MOST_COLLEAGUES = 200


@dataclass(frozen=True)
class AccountDesk:
    """What administrators do with the accounts of their sector, and members with those of their company.

    `sectors` are those that there are."""

    people: PeopleStore
    tickets: TicketStore
    sessions: SessionDesk
    passkeys: PasskeyDesk
    sectors: frozenset[str]
    seal: Seals
    clock: Callable[[], datetime]
    wake: Callable[[], None]

    def page(self, query: ListPeople, caller: Caller) -> People:
        """By address."""
        wanted: dict[str, Any] = {"sector": caller.sector} if caller.sector else {}
        if Role.ADMIN not in caller.roles:
            caller.require(Role.MEMBER)
            company = self._own(caller).company
            wanted["company.id"] = company.id if company else None
            if company is None:
                return People(items=(), total=0, next=None)
        wanted["roles"] = query.role.value if query.role else {"$ne": []}
        found, total = self.people.page(wanted, query.q, query.after, query.limit + 1)
        shown = found[: query.limit]
        more = len(found) > query.limit
        return People(items=tuple(shown), total=total, next=shown[-1].email if more else None)

    def get(self, person_id: str, caller: Caller) -> Person:
        """Raises NotFound(`person_not_found`)."""
        if person_id != caller.person:
            caller.require(Role.ADMIN)
        return self._one(person_id, caller)

    def names(self, ids: Sequence[str], caller: Caller) -> dict[str, str]:
        """By id."""
        caller.require(*STAFF)
        return {person.id: person.name or person.email for person in self.people.by_ids(caller.sector, ids)}

    def colleagues(self, roles: Iterable[Role], caller: Caller) -> dict[str, str]:
        """By id, in the order of their addresses."""
        caller.require(*STAFF)
        named = [role.value for role in STAFF.intersection(roles)]
        wanted: dict[str, Any] = {"sector": caller.sector, "roles": {"$in": named}}
        found, _ = self.people.page(wanted, "", None, _MOST_COLLEAGUES)
        return {person.id: person.name or person.email for person in found}

    def change(self, command: ChangePerson, caller: Caller) -> Person:
        """Raises StaleRevision, Conflict(`last_admin`)."""
        caller.require(Role.ADMIN)
        person = self._one(command.id, caller)
        rules.require_revision(person, command.revision)
        changed = person.model_copy(update={"name": command.name, "roles": command.roles})
        return self._replace(person, changed)

    def remove(self, person_id: str, caller: Caller) -> None:
        """Take everything away; what was written under the account's id stays written."""
        caller.require(Role.ADMIN)
        person = self._one(person_id, caller)
        bare = person.model_copy(update={"roles": frozenset(), "company": None})
        self._replace(person, bare)
        self.wake()
        self.sessions.end(person.id)
        self.passkeys.remove(person.id)

    def name_company(self, command: NameCompany, caller: Caller) -> Person:
        """Makes the company, or gives it another name for all of its members."""
        caller.require(Role.MEMBER)
        person = self._own(caller)
        company_id = person.company.id if person.company else uuid4().hex
        company = Company(id=company_id, name=command.name, neq=command.neq)
        named = self._replace(person, person.model_copy(update={"company": company}))
        self.people.rename_company(company.id, company.name, company.neq)
        return named

    def invite(self, command: Invite, caller: Caller) -> Invited:
        """Mail a link that makes an account, or adds to one. The operator is told the link as well.

        Raises InvalidInput(`sector_unknown`)."""
        sector = rules.sector_of(caller, command.sector)
        if sector not in self.sectors:
            raise InvalidInput("sector_unknown", sector=sector, known=sorted(self.sectors))
        inviter = self.people.by_id(sector, caller.person)
        company = rules.company_to_join(command.roles, inviter, caller)
        token, now = new_token(), self.clock()
        grants = {
            "roles": sorted(role.value for role in command.roles),
            "name": command.name,
            "company": company.model_dump() if company else None,
        }
        earlier = self.tickets.invitation_into(sector, command.email, company.id if company else None, now)
        ticket = Ticket(
            id=earlier.id if earlier else uuid4().hex,
            sector=sector,
            email=command.email,
            language=command.language,
            link=token_digest(token),
            created_at=now,
            expires_at=now + INVITATION_LIFE,
            grants=grants,
        )
        link = link_to(command.base_url, command.language, token)
        event = invitation_told(ticket, uuid4().hex, link, inviter, self.seal)
        if earlier is None or not self.tickets.renew(earlier, ticket, event):
            ticket = replace(
                ticket, id=uuid4().hex
            )  # the earlier one, if any, was followed or renewed meanwhile
            self.tickets.add(ticket, event)
        self.wake()
        note("invitation", ticket.id, masked(ticket.email), after=granted(ticket), sector=sector)
        by_operator = caller.sector is None
        return Invited(id=ticket.id, expires_at=ticket.expires_at, link=link if by_operator else None)

    def _own(self, caller: Caller) -> Person:
        person = self.people.by_id(caller.sector, caller.person)
        if person is None:
            raise Forbidden("sign_in_required")
        return person

    def _one(self, person_id: str, caller: Caller) -> Person:
        person = self.people.by_id(caller.sector, person_id)
        if person is None:
            raise NotFound("person_not_found", id=person_id)
        return person

    def _replace(self, before: Person, after: Person) -> Person:
        if after == before:
            return before
        admins = self.people.admins(before.sector)
        rules.require_other_admin(before, after.roles, admins)
        after = after.model_copy(update={"revision": before.revision + 1})
        if not self.people.replace(after, before.revision):
            current = self.people.by_id(before.sector, before.id)
            raise StaleRevision(id=before.id, current=current.model_dump(mode="json") if current else None)
        self.wake()
        note_person(before, after)
        self.wake()
        return after


def person_told(person: Person, seal: Seals) -> PersonChanged:
    """What other services know of an account: of the staff how to write to them, of everybody else nothing."""
    told = {"to": person.email, "name": person.name}
    return PersonChanged(
        id=person.id,
        sector=person.sector,
        revision=person.revision,
        language=person.language,
        roles=person.roles & STAFF,
        sealed=None if person.roles.isdisjoint(STAFF) else seal.close(told),
    )


def granted(ticket: Ticket) -> dict[str, Any]:
    """What the audit trail tells of an invitation: whom it names is not repeated there."""
    grants = ticket.grants or {}
    return {"roles": grants.get("roles"), "company": (grants.get("company") or {}).get("id")}


def invitation_told(
    ticket: Ticket, event_id: str, link: str, inviter: Person | None, seal: Seals
) -> PersonInvited:
    """What is mailed of an invitation: once for each `event_id`."""
    grants = ticket.grants or {}
    company = grants.get("company")
    return PersonInvited(
        id=event_id,
        sector=ticket.sector,
        language="en" if ticket.language == "en" else "fr",
        inviter=inviter.name or inviter.email if inviter else None,
        organisation=company["name"] if company else None,
        roles=frozenset(map(Role, grants["roles"])),
        days=INVITATION_LIFE.days,
        sealed=seal.close({"to": ticket.email, "link": link}),
    )
