"""What the meetings service holds of one mail address or of one advisor, and what has been kept for long enough:
found, and removed. What becomes of a document is said by the domain."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo.database import Database

from nexus.delivery.outbox import FIELD as OUTBOX
from nexus.mongo import Document
from services.meetings.contracts.cases import Case, CaseState, Referral
from services.meetings.contracts.companies import Company
from services.meetings.contracts.meetings import Meeting, State
from services.meetings.domain.erasure import pseudonym
from services.meetings.domain.waiting import Waiting

_AT_ONCE = 1_000  # documents of one night, of a kind
_OVER = [one.value for one in State if one is not State.REQUESTED]
_SETTLED: Document = {f"{OUTBOX}.0": {"$exists": False}}  # nothing of it is to be told any more


@dataclass(frozen=True)
class ErasureStore:
    """All collections of the service, as their own stores write them."""

    database: Database[Document]

    def meetings_of(self, sector: str, email: str) -> list[Meeting]:
        """Those that somebody booked, the oldest first."""
        wanted = {"contact.email": email, "sector": sector}
        return [_meeting(one) for one in self.database["meetings"].find(wanted).sort("start", 1)]

    def meetings_ended(self, before: datetime) -> list[Meeting]:
        """Those that were over then, and of which it is known who came."""
        wanted = {"end": {"$lte": before}, "contact": {"$ne": None}, "state": {"$in": _OVER}}
        return [_meeting(one) for one in self.database["meetings"].find(wanted).limit(_AT_ONCE)]

    def forget_origin(self, meeting: str) -> None:
        """From where it was booked, and with what request."""
        change = {"$unset": {"origin": "", "request": ""}}
        self.database["meetings"].update_one({"_id": meeting}, change)

    def documents_ended(self, before: datetime) -> list[str]:
        """Ids of meetings that were over then, and have documents."""
        with_documents = self.database["documents"].distinct("meeting")
        over: Document = {"_id": {"$in": with_documents}, "end": {"$lte": before}}
        return [one["_id"] for one in self.database["meetings"].find(over, {"_id": 1}).limit(_AT_ONCE)]

    def forget_uploads(self, meeting: str) -> None:
        """Parts of documents that are under way."""
        self.database["upload_parts"].delete_many({"upload": {"$regex": f"^{re.escape(meeting)}-"}})

    def companies_with(self, sector: str, email: str) -> list[Company]:
        """Those that somebody is a contact of, merged ones too."""
        wanted = {"contacts.email": email, "sector": sector}
        return [_company(one) for one in self.database["companies"].find(wanted)]

    def forget_brought(self, company: str) -> None:
        """What a merged one brought to the other: names and people of both."""
        merged: Document = {"_id": company, "merged_into": {"$ne": None}}
        self.database["companies"].update_one(merged, {"$unset": {"brought": ""}})

    def companies_unmet(self, before: datetime) -> Iterator[Company]:
        """Those that are known since before then, and have had no meeting and no open case since."""
        wanted = {"created_at": {"$lte": before}, "contacts.0": {"$exists": True}, "merged_into": None}
        for one in list(self.database["companies"].find(wanted).limit(_AT_ONCE)):
            recent: Document = {"company": one["_id"], "end": {"$gt": before}}
            still: Document = {"company": one["_id"], "state": CaseState.OPEN.value}
            if not self.database["meetings"].find_one(recent) and not self.database["cases"].find_one(still):
                yield _company(one)

    def cases_of(self, companies: list[str]) -> list[Case]:
        """All of some companies."""
        return self._cases({"company": {"$in": companies}})

    def cases_closed(self, before: datetime, **where: Any) -> list[Case]:
        """Those that were closed before then."""
        return self._cases({"state": CaseState.CLOSED.value, "closed_at": {"$lte": before}, **where})

    def cases_answered(self, before: datetime) -> list[Case]:
        """Those with words that were answered before then."""
        words = {"$or": [{"missing": {"$gt": ""}}, {"programs": {"$gt": ""}}]}
        return self._cases({"asks": {"$elemMatch": {"answered_at": {"$lte": before}, **words}}})

    def cases_by(self, person: str) -> list[Case]:
        """Those with private notes of somebody."""
        return self._cases({"notes": {"$elemMatch": {"by": person, "private": True}}})

    def wishes_of(self, sector: str, email: str) -> list[Waiting]:
        """Their places on the waiting list."""
        found = self.database["waiting"].find({"email": email, "sector": sector})
        return [Waiting.read({**one, "id": one["_id"]}) for one in found]

    def referrals_of(self, sector: str, email: str) -> list[Referral]:
        """Those that name somebody, from the sector or to it."""
        return [
            Referral.read({**one, "id": one["_id"]})
            for one in self.database["referrals"].find(_referred(sector, email))
        ]

    def forget_wishes(self, sector: str, email: str) -> int:
        """How many there were."""
        return self.database["waiting"].delete_many({"email": email, "sector": sector}).deleted_count

    def forget_feeds(self, sector: str, email: str) -> int:
        """How many calendars of meetings there were."""
        return self.database["company_feeds"].delete_many({"email": email, "sector": sector}).deleted_count

    def count_feeds(self, sector: str, email: str) -> int:
        """How many there are."""
        return self.database["company_feeds"].count_documents({"email": email, "sector": sector})

    def forget_referrals(self, sector: str, email: str) -> int:
        """How many there were."""
        return self.database["referrals"].delete_many(_referred(sector, email)).deleted_count

    def feeds_before(self, before: datetime) -> int:
        """Remove calendars that nobody has asked for since then."""
        old = {"asked_at": {"$lte": before}, **_SETTLED}
        return self.database["company_feeds"].delete_many(old).deleted_count

    def referrals_before(self, before: datetime) -> int:
        """Remove those that were sent before then."""
        return self.database["referrals"].delete_many({"sent_at": {"$lte": before}}).deleted_count

    def acts_of(self, person: str) -> dict[str, int]:
        """How much there is that an advisor did."""
        return {
            "meetings_given": self.database["meetings"].count_documents({"advisors.id": person}),
            "cases_kept": self.database["cases"].count_documents({"advisor.id": person}),
        }

    def rename_advisor(self, person: str) -> dict[str, int]:
        """A pseudonym in place of an advisor's name, wherever it stands; how often it stood there."""
        name = pseudonym(person)
        done = self.acts_of(person)
        self.database["cases"].update_many({"advisor.id": person}, {"$set": {"advisor.name": name}})
        for one in list(self.database["meetings"].find({"advisors.id": person}, {"advisors": 1})):
            for place, advisor in enumerate(one["advisors"]):
                if advisor["id"] == person:
                    at = {"_id": one["_id"], f"advisors.{place}.id": person}
                    self.database["meetings"].update_one(at, {"$set": {f"advisors.{place}.name": name}})
        return done

    def bare_advisor(self, person: str) -> int:
        """Of what an advisor said of when they can be met, what the goal's figures need: for whom they worked."""
        told: Document = {
            "content.name": pseudonym(person),
            "content.presentation": None,
            "content.office": None,
            "content.rules": [],
            "content.absences": [],
        }
        return self.database["advisors"].update_one({"_id": person}, {"$set": told}).matched_count

    def _cases(self, wanted: Document) -> list[Case]:
        found = self.database["cases"].find(wanted).limit(_AT_ONCE)
        return [Case.read({**one, "id": one["_id"]}) for one in found]


def _referred(sector: str, email: str) -> Document:
    return {"contact.email": email, "$or": [{"sector": sector}, {"to": sector}]}


def _meeting(document: Document) -> Meeting:
    return Meeting.read({**document, "id": document["_id"]})


def _company(document: Document) -> Company:
    return Company.read({**document, "id": document["_id"]})
