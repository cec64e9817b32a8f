"""The people service: who signs in, and what they may do."""

from collections.abc import Callable
from datetime import datetime, timedelta

from nexus.caller import Caller
from nexus.personal_store import Nights
from nexus.service import Service, every, on, rpc
from services.content.contracts.verification import VerificationDue
from services.people.contracts.passkeys import (
    AddPasskey,
    Ceremony,
    ConfirmPasskey,
    ListPasskeys,
    OfferPasskey,
    Passkey,
    Passkeys,
    RemovePasskey,
    RequestPasskey,
)
from services.people.contracts.people import (
    ChangePerson,
    GetPerson,
    Invite,
    Invited,
    ListColleagues,
    ListPeople,
    NameCompany,
    NamePeople,
    People,
    Person,
    RemovePerson,
)
from services.people.contracts.signin import (
    CodeRequested,
    ConfirmCode,
    ConfirmIdentity,
    ConfirmLink,
    EndOtherSessions,
    EndSession,
    FindSession,
    ListSessions,
    RequestCode,
    Session,
    Sessions,
    SignedIn,
)
from services.people.service.accounts import AccountDesk
from services.people.service.erasure import OwnData
from services.people.service.invitations import InvitationDesk, InvitationDoors
from services.people.service.keys import KeyDesk, KeyDoors
from services.people.service.passkeys import PasskeyDesk
from services.people.service.privacy import PrivacyDesk
from services.people.service.privacy_doors import PrivacyDoors
from services.people.service.results import ResultDesk, ResultDoors
from services.people.service.sessions import SessionDesk
from services.people.service.signin import SignInDesk
from services.people.service.verification import OwnerDesk

_KEPT = timedelta(hours=1)  # after their end, so that a clock that is late forgets nothing that is good


class PeopleService(InvitationDoors, KeyDoors, PrivacyDoors, ResultDoors, Service):
    """Accounts of each sector, their sign-in and their sessions; keys of its partners' systems."""

    name = "people"

    def __init__(
        self,
        *,
        accounts: AccountDesk,
        invitations: InvitationDesk,
        signin: SignInDesk,
        passkeys: PasskeyDesk,
        sessions: SessionDesk,
        owners: OwnerDesk,
        keys: KeyDesk,
        results: ResultDesk,
        privacy: PrivacyDesk,
        own_data: OwnData,
        nights: Nights,
        forget: Callable[[datetime], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._accounts = accounts
        self.invitations = invitations
        self._signin = signin
        self._passkeys = passkeys
        self._sessions = sessions
        self._owners = owners
        self._keys = keys
        self.results = results
        self.privacy = privacy
        self.own_data = own_data
        self.nights = nights
        self._forget = forget
        self._clock = clock

    @rpc
    def request_code(self, command: RequestCode, caller: Caller) -> CodeRequested:
        return self._signin.request(command, caller)

    @rpc
    def confirm_code(self, command: ConfirmCode, caller: Caller) -> SignedIn:
        return self._signin.confirm_code(command, caller)

    @rpc
    def confirm_link(self, command: ConfirmLink, caller: Caller) -> SignedIn:
        return self._signin.confirm_link(command, caller)

    @rpc
    def confirm_identity(self, command: ConfirmIdentity, caller: Caller) -> SignedIn:
        return self._signin.confirm_identity(command, caller)

    @rpc
    def request_passkey(self, command: RequestPasskey, caller: Caller) -> Ceremony:
        return self._passkeys.request(command, caller)

    @rpc
    def confirm_passkey(self, command: ConfirmPasskey, caller: Caller) -> SignedIn:
        return self._passkeys.confirm(command, caller)

    @rpc
    def offer_passkey(self, command: OfferPasskey, caller: Caller) -> Ceremony:
        return self._passkeys.offer(command, caller)

    @rpc
    def add_passkey(self, command: AddPasskey, caller: Caller) -> Passkey:
        return self._passkeys.add(command, caller)

    @rpc
    def list_passkeys(self, query: ListPasskeys, caller: Caller) -> Passkeys:
        return Passkeys(items=self._passkeys.of_caller(caller))

    @rpc
    def remove_passkey(self, command: RemovePasskey, caller: Caller) -> None:
        self._passkeys.remove(caller.person, command.id)

    @rpc
    def find_session(self, query: FindSession, caller: Caller) -> Session:
        return self._sessions.find(query.token, caller)

    @rpc
    def list_sessions(self, query: ListSessions, caller: Caller) -> Sessions:
        return Sessions(items=self._sessions.of_caller(caller))

    @rpc
    def end_session(self, command: EndSession, caller: Caller) -> None:
        self._sessions.end(caller.person, command.id)

    @rpc
    def end_other_sessions(self, command: EndOtherSessions, caller: Caller) -> None:
        self._sessions.end(caller.person, but=command.keep)

    @rpc
    def list_people(self, query: ListPeople, caller: Caller) -> People:
        return self._accounts.page(query, caller)

    @rpc
    def get_person(self, query: GetPerson, caller: Caller) -> Person:
        return self._accounts.get(query.id, caller)

    @rpc
    def name_people(self, query: NamePeople, caller: Caller) -> dict[str, str]:
        return self._accounts.names(query.ids, caller) | self._keys.names(query.ids, caller)

    @rpc
    def list_colleagues(self, query: ListColleagues, caller: Caller) -> dict[str, str]:
        return self._accounts.colleagues(query.roles, caller)

    @rpc
    def change_person(self, command: ChangePerson, caller: Caller) -> Person:
        return self._accounts.change(command, caller)

    @rpc
    def remove_person(self, command: RemovePerson, caller: Caller) -> None:
        self._accounts.remove(command.id, caller)

    @rpc
    def name_company(self, command: NameCompany, caller: Caller) -> Person:
        return self._accounts.name_company(command, caller)

    @rpc
    def invite(self, command: Invite, caller: Caller) -> Invited:
        return self._accounts.invite(command, caller)

    @on(VerificationDue)
    def ask_owners(self, event: VerificationDue) -> None:
        self._owners.ask(event)

    @every(minutes=10)
    def forget_what_ended(self) -> None:
        """Codes, invitations and sessions of the past are nobody's business."""
        self._forget(self._clock() - _KEPT)
