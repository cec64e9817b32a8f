"""Rules of requests for personal data: how long, how often, and what is shown of an address."""

import re
from datetime import datetime, timedelta

from nexus.errors import Conflict
from services.people.contracts.privacy import DAYS, DataRequest, RequestKind

ASKED_LIFE = timedelta(hours=24)  # of a link that begins a request
EXPORT_LIFE = timedelta(days=7)
REPORT_LIFE = timedelta(days=30)  # of the link to what an erasure did
ASKED_PERIOD = timedelta(hours=1)
MOST_ASKED = 3  # of one address, within ASKED_PERIOD
MOST_FROM = 20  # of one network address


def masked(email: str) -> str:
    """An address that those who know it recognise, and nobody else can write to."""
    local, _, domain = email.partition("@")
    return f"{local[:1]}…@{domain[:1]}…"


def without(text: str, email: str) -> str:
    """What was written down of a request, without its address: it stays after the erasure."""
    return re.sub(re.escape(email), "…", text, flags=re.IGNORECASE)


def pseudonym(person: str) -> str:
    """What stands for somebody who was erased."""
    return f"#{person[:8]}"


def begun(request: DataRequest, now: datetime) -> DataRequest:
    """It is to be done within thirty days."""
    return request.model_copy(
        update={"state": "open", "due_at": now + timedelta(days=DAYS), "expires_at": None}
    )


def done(request: DataRequest, now: datetime) -> DataRequest:
    """Every service has answered."""
    return request.model_copy(
        update={"state": "done", "done_at": now, "expires_at": now + life(request.kind)}
    )


def life(kind: RequestKind) -> timedelta:
    """How long a link is good after the end."""
    return EXPORT_LIFE if kind == "export" else REPORT_LIFE


def require_export(request: DataRequest) -> None:
    """Raise Conflict(`export_not_ready`) unless there is something to hand over."""
    if request.kind != "export" or request.state != "done":
        raise Conflict("export_not_ready")
