"""The doors of requests for personal data."""

from nexus.caller import Caller
from nexus.personal import DataAnswered, DataPurged
from nexus.personal_store import Nights
from nexus.service import every, on, rpc
from services.content.contracts.privacy import ContentAnswered
from services.meetings.contracts.privacy import MeetingsAnswered, MeetingsPurged
from services.notifications.contracts.privacy import NotificationsAnswered
from services.people.contracts.privacy import (
    AskOwnData,
    AskPersonalData,
    ConfirmOwnRequest,
    DataRequest,
    DataRequests,
    GetDataRequest,
    KeptKind,
    ListDataRequests,
    ListRetention,
    OpenOwnRequest,
    OwnExport,
    PeoplePurged,
    PersonalDataAsked,
    ReadOwnExport,
    RecordDataRequest,
)
from services.people.service.erasure import OwnData
from services.people.service.privacy import PrivacyDesk


class PrivacyDoors:
    """What the service answers about personal data."""

    privacy: PrivacyDesk
    own_data: OwnData
    nights: Nights

    @rpc
    def ask_personal_data(self, command: AskPersonalData, caller: Caller) -> None:
        self.privacy.ask(command, caller)

    @rpc
    def ask_own_data(self, command: AskOwnData, caller: Caller) -> None:
        self.privacy.ask_own(command.kind, command.base_url, command.language, caller)

    @rpc
    def open_own_request(self, query: OpenOwnRequest, caller: Caller) -> DataRequest:
        return self.privacy.open(query.token, caller)

    @rpc
    def confirm_own_request(self, command: ConfirmOwnRequest, caller: Caller) -> DataRequest:
        return self.privacy.confirm(command.token, caller)

    @rpc
    def read_own_export(self, query: ReadOwnExport, caller: Caller) -> OwnExport:
        return self.privacy.export(query.token, caller)

    @rpc
    def record_data_request(self, command: RecordDataRequest, caller: Caller) -> DataRequest:
        return self.privacy.record(command, caller)

    @rpc
    def list_data_requests(self, query: ListDataRequests, caller: Caller) -> DataRequests:
        return self.privacy.listed(caller)

    @rpc
    def get_data_request(self, query: GetDataRequest, caller: Caller) -> DataRequest:
        return self.privacy.get(query.id, caller)

    @rpc
    def list_retention(self, query: ListRetention, caller: Caller) -> tuple[KeptKind, ...]:
        return self.privacy.retention(caller)

    @on(PersonalDataAsked)
    def do_own_part(self, event: PersonalDataAsked) -> None:
        self.privacy.take(self.own_data.answer(event))

    @on(ContentAnswered, MeetingsAnswered, NotificationsAnswered)
    def gather_answer(self, event: DataAnswered) -> None:
        self.privacy.take(event)

    @on(MeetingsPurged, PeoplePurged)
    def remember_purge(self, event: DataPurged) -> None:
        self.privacy.purged(event)

    @every(minutes=15)
    def purge_people(self) -> None:
        """Once a night, what has been kept for long enough goes."""
        self.nights.look()
