"""Invitations that nobody has followed yet."""

from pydantic import AwareDatetime

from nexus.caller import Role
from nexus.messages import Command, Message, Query
from services.people.contracts.people import Address, Invited


class Invitation(Message):
    """One that is still good. `company` is the one that it leads into."""

    id: str
    email: str
    name: str | None = None
    roles: frozenset[Role]
    company: str | None = None
    created_at: AwareDatetime
    expires_at: AwareDatetime


class Invitations(Message):
    """Newest first, 200 at most."""

    items: tuple[Invitation, ...]


class ListInvitations(Query[Invitations], service="people"):
    """Those of the caller's sector. For administrators; a member sees those into its own company."""


class InviteAgain(Command[Invited], service="people"):
    """Mail another link, good from now on; the earlier one is good no more. For those who see the invitation.

    Refused with `invitation_not_found`."""

    id: str
    base_url: Address


class WithdrawInvitation(Command[None], service="people"):
    """Its link is good no more. For those who see the invitation. Refused with `invitation_not_found`."""

    id: str
