"""Use cases of invitations that nobody has followed yet. And their doors."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from nexus.audit import note
from nexus.caller import Caller, Role
from nexus.errors import NotFound
from nexus.service import rpc
from services.people.contracts.invitations import (
    Invitation,
    Invitations,
    InviteAgain,
    ListInvitations,
    WithdrawInvitation,
)
from services.people.contracts.people import Invited
from services.people.domain.privacy import masked
from services.people.domain.secrets import new_token, token_digest
from services.people.domain.signin import INVITATION_LIFE
from services.people.service.accounts import granted, invitation_told
from services.people.service.signin import Seals, link_to
from services.people.store.people import PeopleStore
from services.people.store.tickets import Ticket, TicketStore

_MOST = 200


@dataclass(frozen=True)
class InvitationDesk:
    """Administrators see the invitations of their sector, members those into their company."""

    people: PeopleStore
    tickets: TicketStore
    seal: Seals
    clock: Callable[[], datetime]
    wake: Callable[[], None]

    def listed(self, caller: Caller) -> Invitations:
        """Newest first."""
        return Invitations(items=tuple(_told(ticket) for ticket in self._seen(caller)))

    def again(self, command: InviteAgain, caller: Caller) -> Invited:
        """Another link for the same invitation. Raises NotFound(`invitation_not_found`)."""
        before, token, now = self._one(command.id, caller), new_token(), self.clock()
        after = replace(before, link=token_digest(token), created_at=now, expires_at=now + INVITATION_LIFE)
        link = link_to(command.base_url, "en" if after.language == "en" else "fr", token)
        inviter = self.people.by_id(after.sector, caller.person)
        event = invitation_told(after, uuid4().hex, link, inviter, self.seal)
        if not self.tickets.renew(before, after, event):
            raise NotFound("invitation_not_found", id=command.id)
        self.wake()
        note("invitation", after.id, masked(after.email), after={"sent": "again"}, sector=after.sector)
        return Invited(id=after.id, expires_at=after.expires_at)

    def withdraw(self, invitation_id: str, caller: Caller) -> None:
        """End it. Raises NotFound(`invitation_not_found`)."""
        ticket = self._one(invitation_id, caller)
        if not self.tickets.use(ticket):
            raise NotFound("invitation_not_found", id=invitation_id)
        note("invitation", ticket.id, masked(ticket.email), before=granted(ticket), sector=ticket.sector)

    def _one(self, invitation_id: str, caller: Caller) -> Ticket:
        found = [ticket for ticket in self._seen(caller) if ticket.id == invitation_id]
        if not found:
            raise NotFound("invitation_not_found", id=invitation_id)
        return found[0]

    def _seen(self, caller: Caller) -> list[Ticket]:
        caller.require(Role.ADMIN, Role.MEMBER)
        company: str | None = None
        if Role.ADMIN not in caller.roles:
            person = self.people.by_id(caller.sector, caller.person)
            if person is None or person.company is None:
                return []
            company = person.company.id
        return self.tickets.invitations(caller.sector, company, self.clock(), _MOST)


class InvitationDoors:
    """What the service answers about invitations."""

    invitations: InvitationDesk

    @rpc
    def list_invitations(self, query: ListInvitations, caller: Caller) -> Invitations:
        return self.invitations.listed(caller)

    @rpc
    def invite_again(self, command: InviteAgain, caller: Caller) -> Invited:
        return self.invitations.again(command, caller)

    @rpc
    def withdraw_invitation(self, command: WithdrawInvitation, caller: Caller) -> None:
        self.invitations.withdraw(command.id, caller)


def _told(ticket: Ticket) -> Invitation:
    grants: dict[str, Any] = ticket.grants or {}
    company = grants.get("company")
    return Invitation(
        id=ticket.id,
        email=ticket.email,
        name=grants.get("name"),
        roles=frozenset(map(Role, grants["roles"])),
        company=company["name"] if company else None,
        created_at=ticket.created_at,
        expires_at=ticket.expires_at,
    )
