"""The people service on its real collaborators."""

from datetime import datetime
from functools import partial

from nexus.composition import Composed, Resources
from nexus.personal import PERSONAL_DATA, days_kept
from nexus.personal_store import Nights, Purges
from nexus.seal import Seal, derived_key
from nexus.shared_secrets import link_secret, sealing_secret
from nexus.signing import Signer
from nexus.sites import sectors_of, site_urls
from services.content.contracts.verification import PURPOSE
from services.people.authenticators import WebAuthn
from services.people.contracts.privacy import PeoplePurged
from services.people.service import PeopleService
from services.people.service.accounts import AccountDesk, person_told
from services.people.service.erasure import OwnData
from services.people.service.invitations import InvitationDesk
from services.people.service.keys import KeyDesk
from services.people.service.passkeys import PasskeyDesk
from services.people.service.privacy import PrivacyDesk
from services.people.service.results import ResultDesk
from services.people.service.sessions import SessionDesk
from services.people.service.signin import SignInDesk
from services.people.service.verification import OwnerDesk
from services.people.store.erasure import OwnRecords
from services.people.store.keys import KeyStore
from services.people.store.passkeys import PasskeyStore
from services.people.store.people import PeopleStore
from services.people.store.privacy import PrivacyStore
from services.people.store.reminders import ReminderStore
from services.people.store.results import ResultStore
from services.people.store.sessions import SessionStore
from services.people.store.tickets import TicketStore


def compose(resources: Resources) -> Composed:
    """People on the database given. Makes its indexes; the database must answer.

    Raises InvalidInput(`setting_missing`, `setting_weak`) without a secret that deserves the name."""
    secret = sealing_secret(resources)
    seal = Seal(secret, "mail")
    people = PeopleStore(resources.database, partial(person_told, seal=seal))
    kept = SessionStore(resources.database)
    tickets, keys = TicketStore(resources.database), KeyStore(resources.database)
    passkeys = PasskeyStore(resources.database)
    results = ResultStore(resources.database)
    requests, purges = PrivacyStore(resources.database), Purges(resources.database)
    for store in (people, kept, tickets, keys, passkeys, results, requests, purges):
        store.prepare()
    clock, wake = resources.clock, resources.wake
    sessions = SessionDesk(people, kept, clock)
    with_passkeys = PasskeyDesk(people, passkeys, sessions, WebAuthn(), clock)

    def forget(before: datetime) -> None:
        tickets.forget(before)
        kept.forget(before)
        passkeys.forget(before)
        results.forget(before)

    days, own_seal = days_kept(resources.settings.retention_days), Seal(secret, PERSONAL_DATA)
    links = link_secret(resources)
    privacy = PrivacyDesk(
        requests,
        people,
        seal,
        own_seal,
        Seal(links, PERSONAL_DATA),
        derived_key(secret, "data-requests"),
        days,
        clock,
        wake,
    )
    own_data = OwnData(people, OwnRecords(resources.database), own_seal, days, clock, wake)

    def purge() -> dict[str, int]:
        return privacy.purge() | own_data.purge()

    sectors = frozenset(sectors_of(resources.settings))
    reminders = ReminderStore(resources.database)
    service = PeopleService(
        accounts=AccountDesk(people, tickets, sessions, with_passkeys, sectors, seal, clock, wake),
        invitations=InvitationDesk(people, tickets, seal, clock, wake),
        signin=SignInDesk(people, tickets, sessions, seal, derived_key(secret, "code"), clock, wake),
        passkeys=with_passkeys,
        sessions=sessions,
        owners=OwnerDesk(
            people,
            reminders,
            site_urls(resources),
            Signer(links, PURPOSE),
            seal,
            clock,
            wake,
        ),
        keys=KeyDesk(keys, clock, wake),
        results=ResultDesk(people, results, seal, clock, wake),
        privacy=privacy,
        own_data=own_data,
        nights=Nights(purges, purge, PeoplePurged, clock, wake),
        forget=forget,
        clock=clock,
    )
    told = (people.people, tickets.tickets, reminders.reminders, keys.keys, results.results)
    return Composed(service, outboxes=[*told, requests.requests, purges.purges])
