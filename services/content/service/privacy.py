"""The part of content in a request for personal data: what somebody of the staff wrote, comments among it, stays under
the id of their account; their working copies go, and their address where a program names it as its owner's. And its
door."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from pymongo.database import Database

from nexus.mongo import Document
from nexus.personal import DataSeals, Held
from nexus.personal_store import Answers
from nexus.service import on
from services.content.contracts.privacy import ContentAnswered
from services.people.contracts.privacy import PersonalDataAsked

_OWNED = ("programs", "snapshots")  # what names an owner, as it is and as it was


@dataclass(frozen=True)
class Authorship:
    """`kinds` are the collections of publications."""

    database: Database[Document]
    kinds: Sequence[str]
    answers: Answers
    seal: DataSeals
    clock: Callable[[], datetime]
    wake: Callable[[], None]

    def answer(self, event: PersonalDataAsked) -> None:
        """Do our part once, and say what it was."""
        email = self.seal.open(event.sealed_for_content)["email"] or ""
        do = self._erase if event.kind == "erasure" else self._found
        if self.answers.once(event.id, lambda: do(event, email), self.clock):
            self.wake()

    def _found(self, event: PersonalDataAsked, email: str) -> ContentAnswered:
        written = self._written(event.person)
        copies = list(self.database["working_copies"].find(_of(event.person), {"_id": 0, "person": 0}))
        owned = [one["_id"] for one in self.database["programs"].find({"content.owner": email}, {"_id": 1})]
        said = self._said(event.person)
        data = {
            "publications": written,
            "working_copies": copies,
            "owned_programs": owned,
            "comments": said,
        }
        rows = (
            Held(kind="publications", found=sum(map(len, written.values()))),
            Held(kind="working_copies", found=len(copies)),
            Held(kind="owned_programs", found=len(owned)),
            Held(kind="comments", found=len(said)),
        )
        sealed = self.seal.close({"data": orjson.dumps(data, default=str).decode()})
        return _answered(event, rows, sealed)

    def _erase(self, event: PersonalDataAsked, email: str) -> ContentAnswered:
        written = sum(map(len, self._written(event.person).values()))
        copies = self.database["working_copies"].delete_many(_of(event.person)).deleted_count
        named, gone = {"content.owner": email}, {"$unset": {"content.owner": ""}}
        owned = sum(self.database[name].update_many(named, gone).modified_count for name in _OWNED)
        rows = (
            Held(kind="publications", found=written, why="authorship"),
            Held(kind="comments", found=len(self._said(event.person)), why="authorship"),
            Held(kind="working_copies", found=copies, removed=copies),
            Held(kind="owned_programs", found=owned, removed=owned),
        )
        return _answered(event, rows, None)

    def _written(self, person: str | None) -> dict[str, list[str]]:
        """The ids of what somebody wrote, by kind."""
        by: Document = {"history.by": person} if person else {"_id": ""}
        return {kind: [one["_id"] for one in self.database[kind].find(by, {"_id": 1})] for kind in self.kinds}

    def _said(self, person: str | None) -> list[dict[str, Any]]:
        """What they asked and answered, without what others said to it."""
        by = {"$or": [{"by": person}, {"answers.by": person}]} if person else {"_id": ""}
        found = self.database["comments"].find(by, {"by": 1, "at": 1, "text": 1, "answers": 1})
        said = [told for one in found for told in (one, *one["answers"]) if told["by"] == person]
        return [{"at": told["at"], "text": told["text"]} for told in said]


def _of(person: str | None) -> Document:
    return {"person": person or ""}


def _answered(event: PersonalDataAsked, rows: Sequence[Held], sealed: Any) -> ContentAnswered:
    held = tuple(one for one in rows if one.found)
    return ContentAnswered(id=event.id, sector=event.sector, held=held, sealed=sealed)


class PrivacyDoors:
    """What the service hears about personal data."""

    authorship: Authorship

    @on(PersonalDataAsked)
    def answer_person(self, event: PersonalDataAsked) -> None:
        self.authorship.answer(event)
