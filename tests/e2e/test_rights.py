"""Who may do what: one table for every request of every service, tried in both runtimes, in the own sector and
in another one. A request that the table does not know fails the test."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from nexus.caller import Caller, Role, Scope, anonymous, operator
from nexus.client import platform
from nexus.composition import declaration, service_names
from nexus.errors import Forbidden, NexusError, NotFound
from nexus.settings import Settings
from services.content.contracts.editing import Item, ItemKind, SaveItem, TurnItem
from services.content.contracts.publications import Status
from services.meetings.contracts.availability import AvailabilityContent, SaveAvailability
from services.meetings.contracts.meetings import BookMeeting, Contact, FindSlots, GetMeeting, Meeting, Need
from services.meetings.contracts.types import SaveMeetingType, TypeContent
from services.people.contracts.people import Invite
from services.people.contracts.signin import ConfirmLink
from tests.support.platforms import RunningPlatform

ALL = "visitor member advisor editor coordinator admin"
EDITORS = "editor admin"
STAFF = "advisor editor coordinator admin"
MEETING = "advisor coordinator admin"
TABLE = {
    "content": {
        "create_program edit_program publish_program retire_program verify_program": EDITORS
        + " programs:write",
        "get_program_history import_programs": EDITORS,
        "publish_document retire_document": EDITORS + " documents:write",
        "import_documents": EDITORS,
        "keep_part finish_upload": EDITORS + " documents:write posts:write",
        "publish_post retire_post": EDITORS + " posts:write",
        "import_posts make_preview": EDITORS,
        "publish_activity retire_activity import_activities": EDITORS,
        "publish_page retire_page import_pages": EDITORS,
        "list_items open_history list_broken_links check_link_again": EDITORS,
        "open_item save_item turn_item": EDITORS
        + " programs:write",  # of a program; others: tests of repeats
        "list_comments ask_colleagues answer_comment settle_comment": EDITORS,
        "keep_work list_work open_work discard_work try_fitting describe_file export_items": EDITORS,
        "count_openings": ALL,
        "list_openings": "editor coordinator admin",
        "preview_import run_import get_import list_imports": EDITORS,
        "import_partners": EDITORS,
        "save_sector get_sector_history check_colours": "admin",
        "get_sector": ALL,
        "get_program list_programs find_fitting get_document list_documents get_post list_posts": ALL,
        "get_activity list_activities get_page list_pages get_file read_file get_preview": ALL,
        "open_verification verify_by_link": ALL,  # the link of a mail is the right to it
    },
    "people": {
        "request_code confirm_code confirm_link find_session find_key end_session end_other_sessions": ALL,
        "confirm_identity request_passkey confirm_passkey remove_passkey": ALL,
        "offer_passkey add_passkey": STAFF,
        "list_people": "member admin",
        "get_person change_person remove_person": "admin",
        "make_key list_keys revoke_key": "admin",
        "name_people list_colleagues": STAFF,
        "name_company": "member",
        "list_invitations invite_again withdraw_invitation": "member admin",  # members: into their company alone
        "invite": "admin",  # members invite to their company alone: tests of people
        "ask_personal_data open_own_request confirm_own_request read_own_export": ALL,  # who has the link
        "ask_own_data": "member advisor editor coordinator admin system",  # who has an account
        "record_data_request list_data_requests get_data_request list_retention": "coordinator admin",
        "mail_result": "member advisor editor coordinator admin system",  # who has an account
        "list_sessions list_passkeys": "member advisor editor coordinator admin system",  # who has an account
    },
    "search": {
        "search suggest more_like_this": ALL,
        "reindex get_reindex": "admin",
        "count_searches": ALL,
        "list_misses list_searches": "editor coordinator admin",
    },
    "meetings": {
        "list_meeting_types get_meeting_type list_advisors find_slots read_feed": ALL,
        "hold_meeting confirm_meeting book_meeting": ALL,
        "open_own_meeting find_own_moves move_own_meeting cancel_own_meeting": ALL,  # who has the link
        "choose_text_reminder": ALL,  # who has the link
        "ask_earlier find_own_wish open_wish accept_offer decline_offer leave_waiting": ALL,
        "ask_for_time": ALL,
        "keep_document_part add_document remove_own_document list_own_documents read_own_document": ALL,
        "read_exported_document": ALL,  # who has the grant of an export
        "places_left register open_registration leave_activity rate_activity": ALL,  # who has the link
        "list_hosted list_registrations remove_registration note_attendance": STAFF,
        "list_meeting_documents read_meeting_document": MEETING + " meetings:write",
        "ask_calendar read_company_feed renew_company_feed": ALL,  # who has the link
        "save_meeting_type archive_meeting_type": "coordinator admin meetings:write",
        # the own; that of an advisor who is named is for keys as well: tests of the office's API
        "get_availability save_availability preview_slots get_feed_token renew_feed": MEETING,
        "get_busy_calendar set_busy_calendar": MEETING,
        "list_meetings": MEETING + " meetings:write",
        "list_without_outcome": MEETING,
        "list_without_advisor": "coordinator admin",
        "get_meeting find_moves move_meeting cancel_meeting record_outcome": MEETING + " meetings:write",
        "set_goal": "coordinator admin",
        "get_goal open_goal": "coordinator admin goal:read",
        "list_counted_companies list_counted_meetings list_counted_cases": "coordinator admin goal:read",
        "list_companies get_company save_company": MEETING
        + " cases:write",  # advisors: those of own cases alone: tests of companies
        "merge_companies undo_merger": "coordinator admin cases:write",
        "answer_referral": "coordinator admin cases:write",
        "list_cases get_case save_need note_conversation save_plan send_plan finish_step": MEETING
        + " cases:write",
        "add_task finish_task assign_case close_case reopen_case refer_case list_to_do": MEETING
        + " cases:write",
        "open_own_plan tick_own_plan open_own_ask answer_own_ask": ALL,  # who has the link
    },
    "notifications": {
        "send_code send_invitation send_verification_due send_meeting send_offer send_calendar": "system",
        "list_deliveries send_again list_notices": "coordinator admin",
        "get_own_routine choose_own_routine": STAFF,
        "list_templates get_template get_template_history save_template preview_template": "coordinator admin",
        "make_webhook list_webhooks get_webhook change_webhook": "coordinator admin webhooks:write",
        "rotate_webhook_secret turn_webhook remove_webhook test_webhook": "coordinator admin webhooks:write",
        "list_webhook_deliveries send_webhook_again": "coordinator admin webhooks:write",
        "subscribe open_subscription confirm_subscription open_preferences change_preferences": ALL,  # the link
        "open_refusal unsubscribe": ALL,  # as well
        "open_own_preferences": "member advisor editor coordinator admin system",  # who has an account
        "list_local_mails show_local_mail": ALL,  # embedded alone, to the same machine alone: tests of mail
    },
}
OWN = {f"meetings.{door}" for door in ("get_availability", "get_feed_token", "get_busy_calendar")}
RIGHTS = {
    f"{service}.{door}": set(who.split())
    for service, rows in TABLE.items()
    for doors, who in rows.items()
    for door in doors.split()
}
_OF_CASES = (
    "save_company merge_companies undo_merger save_need note_conversation save_plan send_plan finish_step"
    " add_task finish_task assign_case close_case refer_case reopen_case answer_referral"
)
NOBODY = "0" * 32
_LINK = "https://tic.example.org/fr/connexion/lien?token=x"
_TITLE = {"title": {"fr": "Titre"}}
_CONTENTS: dict[ItemKind, dict[str, Any]] = {
    ItemKind.PROGRAM: _TITLE | {"kind": "grant"},
    ItemKind.DOCUMENT: _TITLE | {"date": "2026-11-23", "files": {}},
    ItemKind.POST: _TITLE,
    ItemKind.ACTIVITY: _TITLE
    | {"kind": "training", "starts_at": "2027-01-01T10:00Z", "ends_at": "2027-01-01T11:00Z"},
    ItemKind.PAGE: _TITLE,
    ItemKind.PARTNER: _TITLE,
}
_TYPE: dict[str, Any] = {"name": {"fr": "Essai", "en": "Trial"}, "places": ["video"], "audience": "invited"}
_ADVISOR: dict[str, Any] = {
    "name": "Droits",
    "languages": ["xx"],
    "rules": [{"rrule": "FREQ=DAILY", "since": "2026-01-01", "opens": "00:00", "closes": "23:55"}],
}
_CONTACT = {"name": "Anne", "company": "Atelier", "email": "rights@example.org"}


@dataclass(frozen=True)
class Ground:
    """What a sector has: one published publication of each kind that is its own, somebody, and the account of
    whoever asks."""

    sector: str
    items: dict[ItemKind, Item]
    person: str
    caller: str
    type: str
    meeting: Meeting


def fields(door: str, ground: Ground) -> dict[str, Any]:
    """A request about what `ground` has."""
    kinds = {f"_{kind.value}": kind for kind in ItemKind} | {"_activities": ItemKind.ACTIVITY}
    kind = next(
        (kinds[part] for part in kinds if part in f"_{door}" or f"{part}s" in f"_{door}"), ItemKind.PROGRAM
    )
    item = ground.items[kind]
    content = _CONTENTS[kind] | {"sectors": [ground.sector]}
    ids = {"person": ground.person, "meeting_type": ground.type, "meeting": ground.meeting.id}
    ids |= {"moves": ground.meeting.id, "outcome": ground.meeting.id}
    ids |= {"company": ground.meeting.company or "-"}
    ids |= dict.fromkeys(("case", "need", "conversation", "plan", "step", "task"), ground.meeting.case or "-")
    contents = {"meeting_type": _TYPE, "availability": _ADVISOR, "preview_slots": _ADVISOR}
    return {
        "id": next((known for part, known in ids.items() if part in door), item.id),
        "ref": item.id,
        "revision": 99,  # nothing is changed: whoever has the right is told that somebody else was quicker
        "kind": kind.value,
        "content": next((known for part, known in contents.items() if part in door), content),
        "type": ground.type,
        "place": "video",
        "start": ground.meeting.start,
        "contact": _CONTACT,
        "activity": ground.items[ItemKind.ACTIVITY].id,
        "registrant": {"name": "Paul", "email": f"{uuid4().hex}@example.org", "language": "fr"},
        "score": 5,
        "came": True,
        "consent": True,
        "since": "2026-11-23" if door == "preview_slots" else ground.meeting.start,
        "until": "2026-12-01" if door.startswith("ask_") else ground.meeting.end,
        "expires_at": ground.meeting.end,
        "outcome": "held",
        "why": "x",
        "to": "somebody@example.org" if door.startswith("send") else "retired",
        "source": "rights",
        "rows": [],
        "upload": NOBODY,
        "number": 0,
        "parts": 3,
        "data": "eA==",
        "sha256": NOBODY * 2,
        "file": {"upload": NOBODY, "parts": 1},
        "token": "x",
        "text_consent": None,
        "secret": "x",
        "scopes": ["posts:write"],
        "challenge": "x",
        "code": "123456",
        "credential": "{}",
        "keep": "x",
        "ids": [ground.person],
        "email": f"{uuid4().hex}@example.org",
        "base_url": "https://tic.example.org",
        "roles": ["editor"],
        "role": "editor",
        "name": "Atelier",
        "language": "fr",
        "link": _LINK,
        "address": _LINK,
        "document": NOBODY,
        "url": _LINK,
        "minutes": 15,
        "work": NOBODY,
        "eligibility": {},
        "companies": [],
        "days": 7,
        "other": ground.meeting.company,
        "keep_revision": 99,
        "other_revision": 99,
        "need": {},
        "entries": [],
        "entry": "x",
        "text": "x",
        "due": "2026-12-01",
        "task": "x",
        "advisor": "x",
        "closing": "helped",
        "reason": "x",
        "consent_by": "x",
        "accept": True,
        "inviter": "Anne",
        "settings": None,
        "answers": "?taille=1-4",
        "colours": dict.fromkeys(("accent", "accent_dark", "on_accent"), "#ffffff"),
        "change": "booked",
        "title": "Essai",
        "end": ground.meeting.end,
        "zone": "America/Toronto",
        "people": ["x"] if door == "ask_colleagues" else "Anne",
        "topic": {},
        "frequency": None if "preferences" in door else "weekly",
        "wording": "x",
        "shown": {"digest": "x", "follow_up": "x"},
        "quiet": None,
        "follow_up": True,
        "items": [{"title": "T", "url": _LINK, "still_correct_link": _LINK}],
    }


_REQUEST = {"email": "rights@example.org", "kind": "export", "base_url": "https://x.example.org"}
_AMBIGUOUS = {
    "list_people": {},
    "search": {},
    "suggest": {"q": "a"},
    "list_items": {"kind": "program"},
    "export_items": {"kind": "program", "shape": "table"},
    "run_import": {"id": NOBODY},
    "make_webhook": {"name": "x", "url": "http://x", "events": ["post.published"]},  # none is made
    "send_webhook_again": {"id": "x"},
    **{f"{door}_webhook": {"id": NOBODY} for door in ("get", "remove", "test")},
    "turn_webhook": {"id": NOBODY, "active": True},
    "rotate_webhook_secret": {"id": NOBODY},
    "list_webhook_deliveries": {"id": NOBODY},
    "change_webhook": {"id": NOBODY, "revision": 1, "name": "x", "url": _LINK, "events": ["post.published"]},
    "get_import": {"id": NOBODY},
    "count_searches": {"items": []},
    "set_goal": {"number": 70, "since": "2026-01-01", "until": "2027-12-31", "revision": 99},
    "list_counted_meetings": {"which": "held"},
    "list_counted_cases": {"which": "closed"},
    "list_companies": {},
    "ask_personal_data": {**_REQUEST},
    "ask_own_data": {"kind": "export", "base_url": "https://x.example.org"},
    "record_data_request": {**_REQUEST, "reason": "by phone", "verified": "called back"},
    "read_exported_document": {"grant": "x", "meeting": NOBODY, "document": NOBODY},
    "list_cases": {},
    "get_template": {"kind": "code", "language": "fr"},
    "get_template_history": {"kind": "code"},
    "save_template": {"kind": "code", "revision": 99, "content": None},
    "preview_template": {"kind": "code", "language": "fr", "content": {}},
}


def message(service: str, door: str, ground: Ground) -> Any:
    kind = declaration(service).rpcs[door].message
    given = _AMBIGUOUS.get(door)
    if given is None:
        known = fields(door, ground)
        given = {name: known[name] for name, field in kind.model_fields.items() if field.is_required()}
        if door in ("save_item", "save_meeting_type"):
            given |= {"id": known["id"], "revision": 99}
        if door.startswith(("publish", "retire", "turn", "verify_program")):
            given |= {"revision": 99}
    return kind.read(given)


def caller(role: str, ground: Ground) -> Caller:
    if role == "visitor":
        return anonymous(ground.sector)
    if ":" in role:
        return Caller(sector=ground.sector, person="key:x", scopes=frozenset({Scope(role)}))
    return Caller(sector=ground.sector, person=ground.caller, roles=frozenset({Role(role)}))


Ask = Callable[[Any, Caller], Any]


def asking(running: RunningPlatform, work: Callable[[Ask], Any]) -> Any:
    """The result of `work` with one connection to the platform."""
    given = {name.removeprefix("NEXUS_").lower(): value for name, value in running.environment.items()}

    async def asked() -> Any:
        async with platform(Settings(**given)) as client:  # type: ignore[arg-type]
            loop = asyncio.get_running_loop()

            def ask(message: Any, caller: Caller) -> Any:
                return asyncio.run_coroutine_threadsafe(client.bus.call(message, caller), loop).result(30)

            return await asyncio.to_thread(work, ask)

    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(asyncio.run, asked()).result(300)


def ground(ask: Ask, sector: str) -> Ground:
    items = {}
    for kind, content in _CONTENTS.items():
        draft = ask(SaveItem(kind=kind, content=content | {"sectors": [sector]}), operator("root"))
        items[kind] = ask(TurnItem(kind=kind, id=draft.id, to=Status.PUBLISHED), operator("root"))
    somebody, caller = person(ask, sector), person(ask, sector)
    return Ground(sector, items, somebody, caller, *meeting(ask, sector))


def meeting(ask: Ask, sector: str) -> tuple[str, Meeting]:
    """A type, and a meeting with an advisor whom nobody else finds."""
    kind = ask(SaveMeetingType(content=TypeContent(**_TYPE), sector=sector), operator("root")).id
    advisor = SaveAvailability(content=AvailabilityContent(**_ADVISOR), advisor=uuid4().hex, sector=sector)
    ask(advisor, operator("root"))
    visitor, wanted = anonymous(sector), {"type": kind, "place": "video"}
    start = ask(FindSlots(**wanted, language="xx"), visitor).next
    command = BookMeeting(
        **wanted, start=start, contact=Contact(**_CONTACT), consent=True, need=Need(language="xx")
    )
    booked = ask(command, visitor).meeting
    lead, deadline = (
        Caller(sector=sector, person="lead", roles=frozenset({Role.COORDINATOR})),
        monotonic() + 20,
    )
    while (found := ask(GetMeeting(id=booked.id), lead)).case is None and monotonic() < deadline:
        sleep(0.1)
    assert found.case, "it was not taken in"
    return kind, found


def person(ask: Ask, sector: str) -> str:
    email, roles = f"{uuid4().hex}@example.org", frozenset({Role.MEMBER})
    command = Invite(email=email, roles=roles, base_url="https://x.example.org", sector=sector)
    token = parse_qs(urlsplit(ask(command, operator("root")).link).query)["token"][0]
    found: str = ask(ConfirmLink(token=token), anonymous(sector)).person.id
    return found


_NO_MISSING_RIGHT = {  # a wrong code is none
    *("code_expired", "link_expired", "session_ended", "key_invalid", "passkey_expired", "account_needed"),
}


def outcome(ask: Ask, message: Any, caller: Caller) -> str:
    """`refused` for want of the right; else what else it came to."""
    try:
        ask(message, caller)
    except Forbidden as error:
        # a wrong code is no missing right
        return error.code if error.code in _NO_MISSING_RIGHT else "refused"
    except NexusError as error:
        return error.code
    return "done"


def test_every_request_is_in_the_table() -> None:
    doors = {f"{name}.{door}" for name in service_names() for door in declaration(name).rpcs}
    assert doors == set(RIGHTS)


def test_each_role_may_do_what_the_table_says_and_no_more(running: RunningPlatform) -> None:
    def tried(ask: Ask) -> list[str]:
        own, wrong = ground(ask, "tic"), []
        for door, allowed in RIGHTS.items():
            service, _, method = door.partition(".")
            for role in (*ALL.split(), "system", *Scope):
                told = outcome(ask, message(service, method, own), caller(role, own))
                may = role in allowed or (role not in ALL.split() and allowed == set(ALL.split()))
                if may != (told != "refused"):
                    wrong.append(f"{door} by {role}: {told}")
        return wrong

    assert asking(running, tried) == []


def test_the_most_powerful_of_one_sector_neither_see_nor_change_what_belongs_to_another(
    running: RunningPlatform,
) -> None:
    about = [
        door
        for door in RIGHTS
        if any(
            part in door
            for part in ("get_", "publish_", "retire_", "open_", "edit_", "change_", "remove_", "revoke_")
        )
        and not any(
            part in door
            for part in ("get_file", "get_preview", "get_reindex", "get_import", "remove_passkey")
        )
        and door not in ("meetings.get_goal", "meetings.open_goal")  # of all sectors: tests of the goal
        and door
        not in (
            "meetings.get_availability",
            "meetings.get_feed_token",
            "meetings.get_busy_calendar",
            "notifications.open_own_preferences",
            "notifications.get_own_routine",
        )  # one's own
        and "get_sector" not in door  # names no sector: it is about the caller's own
        and "get_template" not in door  # the same
    ]
    about += ["content.save_item", "content.turn_item", "content.make_preview", "content.verify_program"]
    about += [
        f"meetings.{door}" for door in ("find_moves", "move_meeting", "cancel_meeting", "record_outcome")
    ]
    about += ["content.list_comments", "content.ask_colleagues"]
    about += ["meetings.save_meeting_type", "meetings.archive_meeting_type"]
    about += [f"meetings.{door}" for door in _OF_CASES.split()]

    def tried(ask: Ask) -> list[str]:
        other = ground(ask, "aero")
        roles, scopes = frozenset(Role) - {Role.SYSTEM}, frozenset(Scope)
        mighty = Caller(sector="tic", person="eve", roles=roles, scopes=scopes)
        wrong = []
        for door in about:
            service, _, method = door.partition(".")
            try:
                ask(message(service, method, other), mighty)
                wrong.append(f"{door}: done")
            except (NotFound, Forbidden):
                pass
            except NexusError as error:
                wrong.append(f"{door}: {error.code}")
        return wrong

    assert len(about) >= 25
    assert asking(running, tried) == []
