"""The people service on its real collaborators."""

from datetime import datetime

from nexus.composition import Composed, Resources
from nexus.seal import Seal, derived_key
from nexus.shared_secrets import sealing_secret
from services.people.service import PeopleService
from services.people.service.accounts import AccountDesk
from services.people.service.passkeys import PasskeyDesk
from services.people.service.sessions import SessionDesk
from services.people.service.signin import SignInDesk
from services.people.store.passkeys import PasskeyStore
from services.people.store.people import PeopleStore
from services.people.store.sessions import SessionStore
from services.people.store.tickets import TicketStore


def compose(resources: Resources) -> Composed:
    """People on the database given. Makes its indexes; the database must answer.

    Raises InvalidInput(`setting_missing`, `setting_weak`) without a secret that deserves the name."""
    secret = sealing_secret(resources)
    people, kept = PeopleStore(resources.database), SessionStore(resources.database)
    tickets, passkeys = TicketStore(resources.database), PasskeyStore(resources.database)
    for store in (people, kept, tickets, passkeys):
        store.prepare()
    seal, clock, wake = Seal(secret, "mail"), resources.clock, resources.wake
    sessions = SessionDesk(people, kept, clock)
    with_passkeys = PasskeyDesk(people, passkeys, sessions, clock)

    def forget(before: datetime) -> None:
        tickets.forget(before)
        kept.forget(before)
        passkeys.forget(before)

    service = PeopleService(
        accounts=AccountDesk(people, tickets, sessions, with_passkeys, seal, clock, wake),
        signin=SignInDesk(people, tickets, sessions, seal, derived_key(secret, "code"), clock, wake),
        passkeys=with_passkeys,
        sessions=sessions,
        forget=forget,
        clock=clock,
    )
    return Composed(service, outboxes=[tickets.tickets])
