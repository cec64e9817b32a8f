"""Rules of accounts: who may invite and change whom."""

from nexus.caller import Caller, Role
from nexus.errors import Conflict, Forbidden, InvalidInput, StaleRevision
from services.people.contracts.people import Company, Person

MEMBER = frozenset({Role.MEMBER})


def own_sector(caller: Caller) -> str:
    """The sector of a caller that must have one. Raises Forbidden(`sector_not_proven`)."""
    if caller.sector is None:
        raise Forbidden("sector_not_proven", sector=None)
    return caller.sector


def sector_of(caller: Caller, named: str | None) -> str:
    """The sector that a command is about. Raises InvalidInput(`sector_missing`), Forbidden."""
    if caller.sector is None:
        if named is None:
            raise InvalidInput("sector_missing")
        return named
    if named not in (None, caller.sector):
        raise Forbidden("sector_forbidden", sectors=[named])
    return caller.sector


def company_to_join(roles: frozenset[Role], inviter: Person | None, caller: Caller) -> Company | None:
    """The company of somebody who is invited to `roles`: that of the member who invites.

    Raises Forbidden(`role_required`), Conflict(`company_unnamed`)."""
    if Role.ADMIN in caller.roles:
        return inviter.company if inviter and roles == MEMBER else None
    caller.require(Role.MEMBER)
    if roles != MEMBER:
        raise Forbidden("role_required", roles=[Role.ADMIN])
    if inviter is None or inviter.company is None:
        raise Conflict("company_unnamed")
    return inviter.company


def require_revision(person: Person, revision: int) -> None:
    """Raise StaleRevision unless `revision` is the current one."""
    if person.revision != revision:
        raise StaleRevision(id=person.id, current=person.model_dump(mode="json"))


def require_other_admin(person: Person, roles: frozenset[Role], admins: int) -> None:
    """Raise Conflict(`last_admin`) if these roles would leave the sector without an administrator."""
    if Role.ADMIN in person.roles and Role.ADMIN not in roles and admins <= 1:
        raise Conflict("last_admin")
