"""Who is asked to verify which program."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from nexus.caller import Role
from services.content.contracts.verification import DueProgram
from services.people.contracts.people import Person

PAUSE = timedelta(days=7)  # between two mails to one person
MOST = 200  # programs in one mail; the longest due come first
EDITORS = (Role.EDITOR, Role.ADMIN)


def shared_out(
    programs: Iterable[DueProgram], accounts: Sequence[Person]
) -> list[tuple[Person, list[DueProgram]]]:
    """Whom to ask about which of `programs`. `accounts` are all who may edit, of all sectors."""
    asked: dict[str, list[DueProgram]] = {person.id: [] for person in accounts}
    for program in programs:
        for person in owners(program, accounts):
            asked[person.id].append(program)
    return [(person, asked[person.id][:MOST]) for person in accounts if asked[person.id]]


def owners(program: DueProgram, accounts: Sequence[Person]) -> list[Person]:
    """Whom to ask about `program`: its owner, else who published it last, else the editors of its sectors; only those
    who may edit it."""
    able = [one for one in accounts if not program.sectors or one.sector in program.sectors]
    if program.owner:
        named = [one for one in able if one.email == program.owner.lower()]
    else:
        named = [one for one in able if one.id == program.publisher]
    return named[:1] or [one for one in able if Role.EDITOR in one.roles] or able
