"""The command of people: invite. And the links with which a platform that is tried begins."""

import asyncio
from collections.abc import Mapping

import click

from nexus.bus import Bus
from nexus.caller import LANGUAGES, Caller, Role
from services.people.contracts.people import Invite, Invited, ListPeople

_FIRST = "admin@example.org"  # a name of nobody, RFC 2606


async def first_links(bus: Bus, caller: Caller, addresses: Mapping[str, str]) -> list[str]:
    """For each sector without an administrator, a link that signs in the first one. `addresses` are those of
    the gateways by sector."""
    known = await bus.call(ListPeople(role=Role.ADMIN, limit=200), caller)
    having = {person.sector for person in known.items}
    lines = [
        f"  {sector:<10} {await _first_link(bus, caller, sector, address)}"
        for sector, address in addresses.items()
        if sector not in having
    ]
    return ["Sign in as the first administrator, once:", *lines] if lines else []


async def _first_link(bus: Bus, caller: Caller, sector: str, address: str) -> str:
    roles = frozenset({Role.ADMIN, Role.EDITOR})
    invited = await bus.call(Invite(email=_FIRST, roles=roles, base_url=address, sector=sector), caller)
    return str(invited.link)


@click.command()
@click.argument("sector")
@click.argument("email")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice([role.value for role in Role]),
    default=[Role.ADMIN.value],
    show_default=True,
    help="What they may do; may be given several times.",
)
@click.option("--url", required=True, help="Address of the sector's site, such as https://tic.example.org.")
@click.option("--name", help="Their name.")
@click.option("--language", type=click.Choice(LANGUAGES), default="fr", show_default=True)
def invite(
    sector: str, email: str, roles: tuple[str, ...], url: str, name: str | None, language: str
) -> None:
    """Invite EMAIL to SECTOR: mails a link, and prints it. It signs in once, within seven days."""
    from nexus.client import platform  # only when the command runs: it brings the runtimes with it

    command = Invite.read(
        {"email": email, "roles": roles, "base_url": url.rstrip("/"), "sector": sector, "name": name,
         "language": language}
    )  # fmt: skip

    async def run() -> Invited:
        async with platform() as client:
            return await client.bus.call(command, client.caller)

    click.echo(asyncio.run(run()).link)
