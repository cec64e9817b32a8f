"""Use cases of notifications: keep what is to be said, send it, show it where it stays on this machine."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from uuid import uuid4

import orjson

from nexus.audit import note
from nexus.caller import Caller, Role
from nexus.errors import Forbidden, NotFound
from nexus.service import Service, every, on, rpc
from services.content.contracts.sectors import SectorChanged
from services.meetings.contracts.cases import CompanyWritten
from services.meetings.contracts.feeds import CalendarAsked
from services.meetings.contracts.meetings import (
    MeetingBooked,
    MeetingCancelled,
    MeetingDeclined,
    MeetingMoved,
    TextReminderChosen,
)
from services.meetings.contracts.waiting import TimeOffered
from services.notifications.activities import ActivityDesk, ActivityDoors
from services.notifications.consent import ConsentDesk, ConsentDoors
from services.notifications.contracts import (
    FollowUp,
    ListLocalMails,
    LocalMail,
    LocalMails,
    PersonalDataMail,
    SendCalendar,
    SendCode,
    SendInvitation,
    SendMeeting,
    SendOffer,
    SendResult,
    SendVerificationDue,
    ShowLocalMail,
)
from services.notifications.contracts.deliveries import (
    Deliveries,
    ListDeliveries,
    ListNotices,
    NoticeRule,
    SendAgain,
)
from services.notifications.contracts.staff import NewKey
from services.notifications.digests import DigestDesk, DigestDoors
from services.notifications.directory import Opens
from services.notifications.domain.messages import Message, Notice
from services.notifications.editors import EditorDesk, EditorDoors
from services.notifications.meetings import Change, MeetingEvent, MeetingNotices
from services.notifications.mornings import MorningDesk, MorningDoors
from services.notifications.parked import ParkedDesk, ParkedDoors
from services.notifications.postman import Postman
from services.notifications.privacy import Mailed, PrivacyDoors
from services.notifications.store import MessageStore
from services.notifications.templates import TemplateDoors, TemplateUses
from services.notifications.webhooks.desk import WebhookDesk, WebhookDoors
from services.people.contracts.keys import KeyMade
from services.people.contracts.people import PersonChanged, PersonInvited
from services.people.contracts.privacy import PersonalDataMailed
from services.people.contracts.results import ResultAsked
from services.people.contracts.signin import CodeIssued
from services.people.contracts.verification import VerificationAsked

_LEADERS = (Role.COORDINATOR, Role.ADMIN)


class LocalMailbox(Protocol):
    """A channel whose letters stay on this machine."""

    def mails(self, sector: str) -> LocalMails: ...
    def mail(self, sector: str, mail_id: str) -> LocalMail: ...


class Senders(Protocol):
    """Who each sector is to those it writes to."""

    def __contains__(self, sector: object) -> bool: ...
    def take(self, event: SectorChanged) -> None: ...


class Directory(Protocol):
    """How to write to the staff."""

    def take(self, event: PersonChanged) -> None: ...
    def administrators(self, sector: str) -> list[str]: ...


class Notifications(
    WebhookDoors,
    TemplateDoors,
    PrivacyDoors,
    ConsentDoors,
    DigestDoors,
    MorningDoors,
    EditorDoors,
    ParkedDoors,
    ActivityDoors,
    Service,
):
    """Everything that is said to people, and to other systems."""

    name = "notifications"

    def __init__(
        self,
        store: MessageStore,
        postman: Postman,
        senders: Senders,
        local: LocalMailbox | None,
        clock: Callable[[], datetime],
        seal: Opens,
        directory: Directory,
        meetings: MeetingNotices,
        *,
        webhooks: WebhookDesk,
        templates: TemplateUses,
        mailed: Mailed,
        consent: ConsentDesk,
        digests: DigestDesk,
        mornings: MorningDesk,
        editors: EditorDesk,
        parked: ParkedDesk,
        activities: ActivityDesk,
        texts: Postman | None = None,
    ) -> None:
        """`senders` has every sector; `local` is there where mail goes to a folder; `seal` opens what the people
        service closed; `texts` is there where text messages can be sent."""
        self._texts = texts
        self._seal = seal
        self.consent = consent
        self.digests = digests
        self.mornings = mornings
        self.editors = editors
        self.parked = parked
        self.activities = activities
        self._directory = directory
        self._meetings = meetings
        self.templates = templates
        self.mailed = mailed
        self._webhooks = webhooks
        self._store = store
        self._postman = postman
        self._senders = senders
        self._local = local
        self._clock = clock

    @rpc
    def send_code(self, command: SendCode, caller: Caller) -> None:
        self._keep(command, caller)

    @rpc
    def send_invitation(self, command: SendInvitation, caller: Caller) -> None:
        self._keep(command, caller)

    @rpc
    def send_verification_due(self, command: SendVerificationDue, caller: Caller) -> None:
        self._keep(command, caller)

    @on(CodeIssued)
    def mail_code(self, event: CodeIssued) -> None:
        told = {"language": event.language, "minutes": event.minutes, **self._seal.open(event.sealed)}
        self._say(SendCode.read(told), event.sector, event.id)

    @on(PersonInvited)
    def mail_invitation(self, event: PersonInvited) -> None:
        told = event.model_dump(include={"language", "inviter", "organisation", "days"})
        told |= {"role": ", ".join(sorted(event.roles)), **self._seal.open(event.sealed)}
        self._say(SendInvitation.read(told), event.sector, event.id)

    @on(SectorChanged)
    def change_sender(self, event: SectorChanged) -> None:
        self._senders.take(event)

    @on(PersonChanged)
    def remember_person(self, event: PersonChanged) -> None:
        self._directory.take(event)

    @on(VerificationAsked)
    def mail_verification(self, event: VerificationAsked) -> None:
        opened = self._seal.open(event.sealed)
        told = {
            "language": event.language,
            "to": opened["to"],
            "items": orjson.loads(opened["items"] or "[]"),
        }
        self._say(SendVerificationDue.read(told), event.sector, event.id)

    @on(ResultAsked)
    def mail_result(self, event: ResultAsked) -> None:
        told = {"language": event.language, **self._seal.open(event.sealed)}
        self._say(SendResult.read(told), event.sector, event.id)

    @on(PersonalDataMailed)
    def mail_personal_data(self, event: PersonalDataMailed) -> None:
        told = {"language": event.language, "request": event.kind, "what": event.what}
        self._say(PersonalDataMail.read({**told, **self._seal.open(event.sealed)}), event.sector, event.id)

    @rpc
    def send_meeting(self, command: SendMeeting, caller: Caller) -> None:
        self._keep(command, caller)

    @rpc
    def send_offer(self, command: SendOffer, caller: Caller) -> None:
        self._keep(command, caller)

    @rpc
    def send_calendar(self, command: SendCalendar, caller: Caller) -> None:
        self._keep(command, caller)

    @on(CalendarAsked)
    def mail_calendar(self, event: CalendarAsked) -> None:
        told = {"language": event.language, **self._seal.open(event.sealed)}
        self._say(SendCalendar.read(told), event.sector, f"{event.id}-calendar-{event.revision}")

    @on(TimeOffered)
    def mail_offer(self, event: TimeOffered) -> None:
        told = event.model_dump(include={"language", "start", "before", "expires_at", "zone", "place"})
        title = event.title.fr if event.language == "fr" else event.title.en
        told |= {"title": title, **self._seal.open(event.sealed)}
        self._say(SendOffer.read(told), event.sector, f"{event.id}-offer-{event.revision}")

    @on(MeetingBooked)
    def mail_booking(self, event: MeetingBooked) -> None:
        self._say_meeting(event, "booked")

    @on(MeetingMoved)
    def mail_move(self, event: MeetingMoved) -> None:
        self._say_meeting(event, "moved")

    @on(MeetingCancelled)
    def mail_cancellation(self, event: MeetingCancelled) -> None:
        self._say_meeting(event, "cancelled")

    @on(MeetingDeclined)
    def mail_decline(self, event: MeetingDeclined) -> None:
        self._say_meeting(event, "declined")

    @on(TextReminderChosen)
    def change_text_reminder(self, event: TextReminderChosen) -> None:
        self._say_meeting(event, "text_reminder_chosen")

    @on(CompanyWritten)
    def mail_follow_up(self, event: CompanyWritten) -> None:
        told = {"language": event.language, "what": event.what, **self._seal.open(event.sealed)}
        notice = FollowUp.read(told)
        if event.what != "plan":
            self.consent.imply(notice.to, event.sector, event.language, event.met_at or self._clock())
        self._say(notice, event.sector, f"{event.id}-{event.revision}")

    @on(KeyMade)
    def mail_new_key(self, event: KeyMade) -> None:
        told = event.key.model_dump(include={"name", "ends", "expires_at"})
        told |= {"site": self._webhooks.sites.get(event.key.sector)}
        for person in self._directory.administrators(event.key.sector):
            self._say(NewKey(person=person, **told), event.key.sector, f"{event.key.id}-{person}")

    @rpc
    def list_local_mails(self, query: ListLocalMails, caller: Caller) -> LocalMails:
        return self._mailbox().mails(self._sector(caller))

    @rpc
    def show_local_mail(self, query: ShowLocalMail, caller: Caller) -> LocalMail:
        return self._mailbox().mail(self._sector(caller), query.id)

    @rpc
    def list_deliveries(self, query: ListDeliveries, caller: Caller) -> Deliveries:
        caller.require(*_LEADERS)
        return self._store.page(query, caller.sector)

    @rpc
    def send_again(self, command: SendAgain, caller: Caller) -> None:
        caller.require(*_LEADERS)
        before = self._store.send_again(command.id, caller.sector, self._clock())
        note("delivery", before.id, before.kind, {"state": before.state}, {"state": "queued"})
        self._postman.wake()

    @rpc
    def list_notices(self, query: ListNotices, caller: Caller) -> tuple[NoticeRule, ...]:
        caller.require(*_LEADERS)
        return self._meetings.rules(caller.sector)

    @every(seconds=1)
    def send_due(self) -> None:
        self._postman.send_due()

    @every(seconds=1)
    def send_due_texts(self) -> None:
        """Apart, so that a provider that is away or slow holds no mail up."""
        if self._texts:
            self._texts.send_due()

    def _keep(self, notice: Notice, caller: Caller) -> None:
        caller.require(Role.SYSTEM)
        self._say(notice, self._sector(caller), uuid4().hex)

    def _say_meeting(self, event: MeetingEvent, change: Change) -> None:
        now = self._clock()
        self._store.add_latest(event.id, self._meetings.of(event, change, now), now)
        self._postman.wake()

    def _say(self, notice: Notice, sector: str, message_id: str) -> None:
        """Store it, to be sent; nothing if it is stored already."""
        self._store.add(Message(id=message_id, sector=sector, notice=notice, created_at=self._clock()))
        self._postman.wake()

    def _sector(self, caller: Caller) -> str:
        """The sector that the caller is proven to be of: messages are in its name."""
        if caller.sector not in self._senders:
            raise Forbidden("sector_required", sector=caller.sector)
        return str(caller.sector)

    def _mailbox(self) -> LocalMailbox:
        if self._local is None:
            raise NotFound("local_mail_off")
        return self._local
