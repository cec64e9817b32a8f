"""Mails that come regularly to the staff, on the page of their account: who does not want one turns it off."""

from typing import Any

from gateway.people.desk import Signed
from nexus.caller import Role
from nexus.errors import Unavailable
from services.notifications.contracts.mornings import ChooseOwnRoutine, GetOwnRoutine

_READERS = {  # whose work has them
    "morning_list": frozenset({Role.ADVISOR, Role.COORDINATOR, Role.ADMIN}),
    "weekly_figures": frozenset({Role.COORDINATOR}),
}
READERS = frozenset[Role]().union(*_READERS.values())


async def routine_of(signed: Signed) -> dict[str, bool]:
    """Each that the person's work has, and whether they get it; nothing while it cannot be told."""
    kinds = _kinds(signed)
    if not kinds:
        return {}
    try:
        found = await signed.call(GetOwnRoutine())
    except Unavailable:  # the rest of the account is there all the same
        return {}
    return {kind: getattr(found, kind) for kind in kinds}


async def choose_routine(signed: Signed) -> None:
    """Take what the form says."""
    wanted: dict[str, Any] = {kind: signed.form.get(kind) == "yes" for kind in _kinds(signed)}
    await signed.call(ChooseOwnRoutine(**wanted))


def _kinds(signed: Signed) -> list[str]:
    return [kind for kind, roles in _READERS.items() if signed.visitor.has(*roles)]
