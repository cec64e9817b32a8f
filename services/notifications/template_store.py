"""The words that sectors write for their mails: a document for each sector and kind, and one for each earlier revision.

A content that is replaced is stored among the revisions before the next one is written."""

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.mongo import Document
from services.notifications.contracts import Language, NoticeKind
from services.notifications.contracts.templates import OwnKind, TemplateContent, TemplateRevision
from services.notifications.writing.own.filling import PLACES, Words


class TemplateStore:
    """The collections `templates` and `template_revisions`. Every round of letters asks it: a change needs no news."""

    def __init__(self, database: Database[Document]) -> None:
        self._templates = database["templates"]
        self._earlier = database["template_revisions"]

    def prepare(self) -> None:
        """Make the indexes."""
        self._templates.create_index("sector")
        self._earlier.create_index([("template", 1), ("revision", -1)])

    def get(self, sector: str, kind: NoticeKind) -> TemplateRevision | None:
        """What was saved last."""
        found = self._templates.find_one({"_id": _key(sector, kind)})
        return _revision(found) if found else None

    def words(self, sector: str, kind: NoticeKind, language: Language) -> Words | None:
        """The sector's own in a language; None: the shipped ones."""
        current = self.get(sector, kind)
        return words_of(current.content, language) if current else None

    def all(self, sector: str) -> dict[OwnKind, TemplateRevision]:
        """What was saved last of each kind that was ever saved."""
        return {one["kind"]: _revision(one) for one in self._templates.find({"sector": sector})}

    def history(self, sector: str, kind: NoticeKind, limit: int) -> list[TemplateRevision]:
        """The latest revisions, newest first."""
        current = self.get(sector, kind)
        if current is None:
            return []
        wanted = {"template": _key(sector, kind), "revision": {"$lt": current.revision}}
        found = self._earlier.find(wanted).sort("revision", -1).limit(limit - 1)
        return [current, *(_revision(one) for one in found)]

    def save(
        self, sector: str, kind: NoticeKind, before: TemplateRevision | None, after: TemplateRevision
    ) -> bool:
        """Write `after`, if `before` is what stands; False if it is not."""
        key = _key(sector, kind)
        if before is None:
            return self._insert({"_id": key, "sector": sector, "kind": kind, **_document(after)})
        kept = {"template": key, **_document(before)}
        self._earlier.replace_one({"_id": f"{key}.{before.revision}"}, kept, upsert=True)
        standing = {"_id": key, "revision": before.revision}
        return self._templates.update_one(standing, {"$set": _document(after)}).modified_count == 1

    def _insert(self, document: Document) -> bool:
        try:
            self._templates.insert_one(document)
        except DuplicateKeyError:  # somebody else was first
            return False
        return True


def words_of(content: TemplateContent | None, language: Language) -> Words | None:
    """What a content says in a language, if it says all of it."""
    said = [getattr(getattr(content, place), language) for place in PLACES] if content else []
    return Words(*said) if said and all(said) else None


def _key(sector: str, kind: NoticeKind) -> str:
    return f"{sector}.{kind}"


def _document(revision: TemplateRevision) -> Document:
    return revision.model_dump(mode="json", exclude={"at"}) | {"at": revision.at}


def _revision(document: Document) -> TemplateRevision:
    return TemplateRevision.read({name: document[name] for name in TemplateRevision.model_fields})
