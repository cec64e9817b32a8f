"""Words that a sector writes for its mails: what may be written, what it would look like, who wrote what."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, get_args

from nexus.audit import note
from nexus.caller import Caller
from nexus.errors import Forbidden, InvalidInput, StaleRevision
from services.notifications.contracts import LANGUAGES, Digest, Language
from services.notifications.contracts.templates import (
    Bodies,
    GetTemplate,
    GetTemplateHistory,
    Lines,
    MailTemplate,
    MeetingExample,
    OwnKind,
    PreviewTemplate,
    SaveTemplate,
    TemplateCase,
    TemplateContent,
    TemplateField,
    TemplateHistory,
    TemplateInBrief,
    TemplatePreview,
    TemplateRevision,
)
from services.notifications.domain.messages import Notice, Sender, WayOut
from services.notifications.domain.notices import purpose_of
from services.notifications.template_store import words_of
from services.notifications.writing import Saying, said_in
from services.notifications.writing.own import filling
from services.notifications.writing.own.cases import CASES, LINK, example
from services.notifications.writing.own.fields import Known, known, values_of
from services.notifications.writing.own.filling import PLACES, Unusable
from services.notifications.writing.own.shipped import shipped
from services.notifications.writing.words import translations

_MOST_REVISIONS = 100
_MOST_FAULTS = 20


class Templates(Protocol):
    """Where the words of sectors are kept."""

    def get(self, sector: str, kind: OwnKind) -> TemplateRevision | None: ...
    def all(self, sector: str) -> dict[OwnKind, TemplateRevision]: ...
    def history(self, sector: str, kind: OwnKind, limit: int) -> list[TemplateRevision]: ...
    def save(
        self, sector: str, kind: OwnKind, before: TemplateRevision | None, after: TemplateRevision
    ) -> bool: ...


class Senders(Protocol):
    """Who each sector is to those it writes to."""

    def of(self, sector: str, language: Language) -> Sender: ...


@dataclass(frozen=True)
class TemplateDesk:
    """The use cases. Each concerns the caller's own sector, and no other."""

    kept: Templates
    senders: Senders
    clock: Callable[[], datetime]

    def listed(self, caller: Caller) -> tuple[TemplateInBrief, ...]:
        """Every kind, those with words of the sector's own with what they are."""
        found = self.kept.all(_sector(caller))
        return tuple(_brief(kind, found.get(kind)) for kind in get_args(OwnKind))

    def show(self, query: GetTemplate, caller: Caller) -> MailTemplate:
        """One of them, with all that its editor needs to know."""
        current = self.kept.get(_sector(caller), query.kind)
        return MailTemplate(
            kind=query.kind,
            revision=current.revision if current else 0,
            content=(current.content if current else None) or TemplateContent(),
            shipped=_shipped(query.kind),
            fields=tuple(
                _fields(query.kind, query.language, self._values(query.kind, query.language, caller))
            ),
            cases=tuple(_cases(query.kind, query.language)),
        )

    def history(self, query: GetTemplateHistory, caller: Caller) -> TemplateHistory:
        """Every revision of one."""
        found = self.kept.history(_sector(caller), query.kind, _MOST_REVISIONS)
        return TemplateHistory(revisions=tuple(found), shipped=_shipped(query.kind))

    def save(self, command: SaveTemplate, caller: Caller) -> TemplateInBrief:
        """Other words. Raises StaleRevision with both, InvalidInput(`template_refused`)."""
        sector, kind = _sector(caller), command.kind
        before = self.kept.get(sector, kind)
        _require_revision(before, command)
        content = _own(kind, command.content)
        if content:
            self._require_usable(kind, content, caller)
        if content == (before.content if before else None):
            return _brief(kind, before)
        after = TemplateRevision(
            revision=command.revision + 1, at=self.clock(), by=caller.person, content=content
        )
        if not self.kept.save(sector, kind, before, after):
            _require_revision(self.kept.get(sector, kind), command)
            raise StaleRevision(kind=kind)
        was = before.content if before else None
        note("mail_template", kind, kind, was or TemplateContent(), content or TemplateContent())
        return _brief(kind, after)

    def preview(self, query: PreviewTemplate, caller: Caller) -> TemplatePreview:
        """A letter that nobody gets. Raises InvalidInput(`template_refused`)."""
        kind, language = query.kind, query.language
        self._require_usable(kind, query.content, caller)
        case = query.case if query.case in CASES[kind] else next(iter(CASES[kind]))
        notice = _with(example(kind, case, language), query, language)
        sender, own = self.senders.of(_sector(caller), language), words_of(query.content, language)
        try:
            filled = filling.fill(own, kind, values_of(notice, sender, language)) if own else None
        except Unusable as why:  # with a real meeting, where it is not with an example
            raise _refused([_fault(language, why, case)]) from None
        said = said_in(Saying(kind, notice, language, sender, filled, self._way_out(notice)))
        return TemplatePreview(case=case, own=own is not None, **said._asdict())

    def _way_out(self, notice: Notice) -> WayOut | None:
        """What is at the end of what can be refused, whatever a sector writes above it."""
        purpose = purpose_of(notice)
        if purpose is None:
            return None
        return WayOut(purpose, "express", self.clock(), LINK, LINK)

    def _require_usable(self, kind: OwnKind, content: TemplateContent, caller: Caller) -> None:
        found = [one for language in LANGUAGES for one in self._faults(kind, content, language, caller)]
        if found:
            raise _refused(found)

    def _faults(
        self, kind: OwnKind, content: TemplateContent, language: Language, caller: Caller
    ) -> Iterator[Mapping[str, Any]]:
        """What is wrong in a language: in what is written, else in what it says in each situation."""
        own = {place: getattr(getattr(content, place), language) for place in PLACES}
        missing = [place for place in PLACES if not own[place]]
        if len(missing) == len(PLACES):
            return
        if missing:
            yield from ({"field": f"{place}.{language}", "line": 1, "reason": "empty"} for place in missing)
            return
        words = filling.Words(**own)
        found = [_fault(language, Unusable(place, fault)) for place, fault in filling.read(words, kind)]
        yield from found
        if not found:
            for case in CASES[kind]:
                try:
                    said = filling.fill(words, kind, self._values(kind, language, caller, case))
                    filling.require_links(said)
                except Unusable as why:
                    yield _fault(language, why, case)

    def _values(
        self, kind: OwnKind, language: Language, caller: Caller, case: str | None = None
    ) -> dict[str, Any]:
        """What the names of a kind stand for in an example."""
        notice = example(kind, case or next(iter(CASES[kind])), language)
        return values_of(notice, self.senders.of(_sector(caller), language), language)


def _sector(caller: Caller) -> str:
    if caller.sector is None:
        raise Forbidden("sector_required")
    return caller.sector


def _require_revision(current: TemplateRevision | None, command: SaveTemplate) -> None:
    if command.revision != (current.revision if current else 0):
        raise StaleRevision(
            yours=command.model_dump(mode="json", include={"revision", "content"}),
            current=current.model_dump(mode="json") if current else None,
        )


def _refused(found: list[Mapping[str, Any]]) -> InvalidInput:
    return InvalidInput("template_refused", faults=found[:_MOST_FAULTS])


def _fault(language: Language, why: Unusable, case: str | None = None) -> Mapping[str, Any]:
    told = {"field": f"{why.place}.{language}", "line": why.fault.line, "reason": why.fault.reason}
    return told | {"about": why.fault.about[:200]} | ({"case": case} if case else {})


def _brief(kind: OwnKind, current: TemplateRevision | None) -> TemplateInBrief:
    if current is None:
        return TemplateInBrief(kind=kind)
    own = tuple(language for language in LANGUAGES if words_of(current.content, language))
    return TemplateInBrief(kind=kind, revision=current.revision, own=own, at=current.at)


def _own(kind: OwnKind, content: TemplateContent | None) -> TemplateContent | None:
    """`content` without the languages that say what is shipped anyway; None: nothing is left."""
    if content is None:
        return None
    told = content.model_dump()
    for language in LANGUAGES:
        if words_of(content, language) == words_of(_shipped(kind), language):
            for place in PLACES:
                told[place][language] = None
    own = TemplateContent.model_validate(told)
    return None if own == TemplateContent() else own


def _shipped(kind: OwnKind) -> TemplateContent:
    said = {language: shipped(kind, language) for language in LANGUAGES}
    told = {place: {language: getattr(said[language], place) for language in LANGUAGES} for place in PLACES}
    return TemplateContent(
        subject=Lines(**told["subject"]), preview=Lines(**told["preview"]), body=Bodies(**told["body"])
    )


def _fields(kind: OwnKind, language: Language, values: Mapping[str, Any]) -> Iterator[TemplateField]:
    for name, one in known(kind).items():
        parts = one.parts or {}
        first = values[name][0] if parts else {}
        yield _field(name, one, language, values[name]).model_copy(
            update={"parts": tuple(_field(part, told, language, first[part]) for part, told in parts.items())}
        )


def _field(name: str, one: Known, language: Language, value: Any) -> TemplateField:
    return TemplateField(
        name=name,
        meaning=translations(language).gettext(one.meaning),
        example=_example(name, one, value),
        choices=one.choices,
        needed=one.needed,
        secret=one.secret,
    )


def _example(name: str, one: Known, value: Any) -> str:
    if one.parts:
        return f"{{% for item in {name} %}} … {{% endfor %}}"
    return "" if value is None or one.sort == "flag" else str(value)


def _cases(kind: OwnKind, language: Language) -> Iterator[TemplateCase]:
    words = translations(language)
    for name, one in CASES[kind].items():
        yield TemplateCase(id=name, name=words.gettext(one.name), condition=one.condition)


def _with(notice: Notice, query: PreviewTemplate, language: Language) -> Notice:
    """An example with what is real of it; codes and links that let somebody in stay those of examples."""
    if isinstance(notice, Digest):
        news = query.news[:1] if notice.count == 1 else query.news
        return notice.model_copy(update={"items": news}) if len(news) >= len(notice.items) else notice
    return _with_meeting(notice, query.meeting, language) if query.meeting else notice


def _with_meeting(notice: Notice, meeting: MeetingExample, language: Language) -> Notice:
    has = set(type(notice).model_fields)
    told: dict[str, Any] = {name: value for name, value in meeting if name in has}
    if isinstance(getattr(notice, "title", None), str):
        told["title"] = meeting.title[language]
    if "name" in has:
        told["name"] = meeting.contact
    return notice.model_copy(update=told)
