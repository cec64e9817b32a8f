"""What every page of the back office has: its place in the menu, and who may open it."""

from typing import Any, NamedTuple

from fastapi.responses import Response

from gateway import links
from gateway.admin.kinds import KINDS
from gateway.links import ADMIN
from gateway.people.desk import Desk, Signed
from gateway.people.visitor import Visitor
from gateway.sectors import Language
from gateway.words import N_
from nexus.caller import LANGUAGES, Role
from services.people.contracts.people import STAFF

SERVICES = ("content", "meetings", "notifications", "people", "search")  # all that the platform has


class Section(NamedTuple):
    """A part of the back office: its path below `/admin`, its name, and who may open it."""

    path: str
    title: str
    roles: frozenset[Role]


START = Section("", N_("Overview"), STAFF)
SECTOR = Section("/sector", N_("Site settings"), frozenset({Role.ADMIN}))
PEOPLE = Section("/people", N_("People"), frozenset({Role.ADMIN}))
KEYS = Section("/keys", N_("API keys"), frozenset({Role.ADMIN}))
EDITORS = frozenset({Role.EDITOR, Role.ADMIN})
WEBHOOKS = Section("/webhooks", N_("Webhooks"), frozenset({Role.COORDINATOR, Role.ADMIN}))
ITEMS = {kind.name: Section(kind.path, kind.title, EDITORS) for kind in KINDS}
LINKS = Section("/links", N_("Broken links"), EDITORS)
IMPORT = Section("/import", N_("Import"), EDITORS)
ADVISORS = frozenset({Role.ADVISOR, Role.COORDINATOR, Role.ADMIN})
AGENDA = Section(links.AGENDA, N_("Agenda"), ADVISORS)
CASES = Section(links.CASES, N_("Cases"), ADVISORS)
COMPANIES = Section(links.COMPANIES, N_("Companies"), ADVISORS)
AVAILABILITY = Section("/availability", N_("Availability"), ADVISORS)
MEETING_TYPES = Section("/meeting-types", N_("Meeting types"), frozenset({Role.COORDINATOR, Role.ADMIN}))
REGISTRATIONS = Section(links.REGISTRATIONS, N_("Registrations"), STAFF)
GOAL = Section("/goal", N_("Goal"), frozenset({Role.COORDINATOR, Role.ADMIN}))
SEARCHES = Section("/searches", N_("Searches in vain"), EDITORS | {Role.COORDINATOR})
OPENED = Section("/opened", N_("What was opened"), SEARCHES.roles)
DELIVERIES = Section("/messages", N_("Messages"), frozenset({Role.COORDINATOR, Role.ADMIN}))
PERSONAL_DATA = Section("/personal-data", N_("Personal data"), DELIVERIES.roles)
MAIL_TEMPLATES = Section("/mail-templates", N_("Words of mails"), DELIVERIES.roles)
AUDIT = Section("/audit", N_("Audit trail"), frozenset({Role.ADMIN}))
PARKED = Section("/parked", N_("Parked events"), frozenset({Role.ADMIN}))
GROUPS = (  # of the menu; the overview stands before them
    (N_("Meetings and goal"), (GOAL, AGENDA, CASES, COMPANIES, AVAILABILITY, MEETING_TYPES, REGISTRATIONS)),
    (N_("What the site says"), (*ITEMS.values(), IMPORT, LINKS)),
    (N_("What visitors do"), (OPENED, SEARCHES)),
    (N_("What we send"), (DELIVERIES, MAIL_TEMPLATES, WEBHOOKS)),
    (N_("Administration"), (SECTOR, PEOPLE, KEYS, PERSONAL_DATA, AUDIT, PARKED)),
)

Links = list[tuple[str, str, bool]]  # of a menu: the address, the name, whether one is there


def path_to(language: Language, section: Section, below: str = "") -> str:
    """An address of the back office."""
    return f"/{language}/{ADMIN[language]}{section.path}{below}"


def number_in(text: str | None) -> int | None:
    """The number that an address or a form gives; None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def menu_for(visitor: Visitor, language: Language, here: Section) -> list[tuple[str, Links]]:
    """What somebody finds in the menu, by group; the links of each lead somewhere that they may open."""
    found = [
        (title, [_link(one, language, here) for one in sections if visitor.has(*one.roles)])
        for title, sections in GROUPS
    ]
    return [(title, shown) for title, shown in found if shown]


def _link(section: Section, language: Language, here: Section) -> tuple[str, str, bool]:
    return path_to(language, section), section.title, section is here


def admin_page(
    desk: Desk,
    signed: Signed,
    section: Section,
    template: str,
    status: int = 200,
    below: str = "",
    **values: Any,
) -> Response:
    """A page of `section`. `below` is its place there, for the way to the other language."""
    query = f"?{signed.request.query_params}" if signed.request.query_params else ""
    paths = {one: path_to(one, section, below) + query for one in LANGUAGES}
    frame: dict[str, Any] = {
        "overview": _link(START, signed.language, section),
        "menu": menu_for(signed.visitor, signed.language, section),
        "section": section,
    }
    return desk.html(f"admin/{template}", signed, paths, status, **frame, **values)
