"""Regular mails on the page of an account: those that somebody's work has, and the page without them if need be."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from gateway.people.routine import choose_routine, routine_of
from nexus.caller import Role
from nexus.errors import Unavailable
from services.notifications.contracts.mornings import ChooseOwnRoutine, OwnRoutine


class Somebody(SimpleNamespace):
    """Whoever is signed in, with the answers of a service that is there or away."""

    def __init__(self, *roles: Role, away: bool = False, **form: str) -> None:
        super().__init__(visitor=self, form=form, asked=[], away=away, roles=set(roles))

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)

    async def call(self, message: Any) -> OwnRoutine:
        self.asked.append(message)
        if self.away:
            raise Unavailable()
        return OwnRoutine(weekly_figures=False)


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        (Role.ADVISOR, {"morning_list": True}),
        (Role.COORDINATOR, {"morning_list": True, "weekly_figures": False}),
        (Role.ADMIN, {"morning_list": True}),
        (Role.EDITOR, {}),
        (Role.MEMBER, {}),
    ],
)
def test_each_sees_what_their_work_has(role: Role, shown: dict[str, bool]) -> None:
    somebody: Any = Somebody(role)
    assert asyncio.run(routine_of(somebody)) == shown
    assert bool(somebody.asked) == bool(shown)


def test_an_account_is_there_without_its_mails_while_they_cannot_be_told() -> None:
    somebody: Any = Somebody(Role.ADVISOR, away=True)
    assert asyncio.run(routine_of(somebody)) == {}


def test_what_is_not_ticked_is_turned_off_and_what_was_not_shown_stays() -> None:
    lead: Any = Somebody(Role.COORDINATOR, weekly_figures="yes")
    asyncio.run(choose_routine(lead))
    advisor: Any = Somebody(Role.ADVISOR, weekly_figures="yes", morning_list="no")
    asyncio.run(choose_routine(advisor))
    assert lead.asked == [ChooseOwnRoutine(morning_list=False, weekly_figures=True)]
    assert advisor.asked == [ChooseOwnRoutine(morning_list=False)]
