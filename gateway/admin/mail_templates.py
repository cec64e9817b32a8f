"""The words of mails in the back office: what a sector says in place of the shipped words, with a look at each mail
before it is saved, a history and the way back."""

from collections.abc import Mapping
from functools import partial
from typing import Any, get_args

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from gateway.admin import fields
from gateway.admin.differences import Said, clashing, differences, said
from gateway.admin.fields import Field
from gateway.admin.frame import MAIL_TEMPLATES, admin_page, number_in, path_to
from gateway.admin.mail_examples import KINDS_OF_MEETINGS, latest_meeting, shown_news
from gateway.edge import policy
from gateway.i18n import translations
from gateway.people.desk import Desk, Signed
from gateway.reasons import reason
from gateway.template_words import told_fault
from gateway.trail_words import NOTICE_KINDS
from gateway.words import N_
from nexus.caller import LANGUAGES
from nexus.errors import InvalidInput, NotFound, StaleRevision
from services.notifications.contracts import NoticeKind
from services.notifications.contracts.templates import (
    GetTemplate,
    GetTemplateHistory,
    ListTemplates,
    MailTemplate,
    OwnKind,
    PreviewTemplate,
    SaveTemplate,
    TemplateContent,
)
from services.people.contracts.people import NamePeople

_FIELDS = (
    Field("subject", "paragraph", N_("Subject")),
    Field("preview", "paragraph", N_("Preview"), N_("What lists of mails show beside the subject.")),
    Field("body", "template", N_("Text"), N_("Between “Hello,” and your sector’s name.")),
)
_STYLED = f"{policy()}; style-src 'self' 'unsafe-inline'"  # mails carry their styles with them


def mail_templates_routes(router: APIRouter, desk: Desk) -> None:
    """Add the pages."""
    pages = _Templates(desk)
    for language in LANGUAGES:
        start = path_to(language, MAIL_TEMPLATES)
        add = partial(desk.add, router, language=language, roles=MAIL_TEMPLATES.roles)
        for method, below, handle in (
            ("GET", "", pages.listed),
            ("GET", "/{kind}", pages.show),
            ("POST", "/{kind}", pages.save),
            ("GET", "/{kind}/history", pages.history),
            ("POST", "/{kind}/history", pages.restore),
        ):
            add(method, start + below, handle=handle)


class _Templates:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def listed(self, signed: Signed) -> Response:
        """Every kind of mail, and in which languages its words are the sector's own."""
        found = await signed.call(ListTemplates())
        values: dict[str, Any] = {"templates": found, "kinds": NOTICE_KINDS}
        return admin_page(self._desk, signed, MAIL_TEMPLATES, "mail_templates.html", **values)

    async def show(self, signed: Signed) -> Response:
        """The form, with the words that stand now."""
        template = await self._template(signed)
        content = _whole(template.content, template.shipped)
        return await self._form(signed, template, content, template.revision, done=signed.query("done"))

    async def save(self, signed: Signed) -> Response:
        """Keep what the form has; or show the mails that it would make; or go back to the shipped words."""
        template, revision = await self._template(signed), number_in(signed.form.get("revision")) or 0
        content, do = fields.read(_FIELDS, await signed.sent()), signed.form.get("do", "save")
        try:
            wanted = None if do == "shipped" else TemplateContent.model_validate(content)
            if do == "look" and wanted:
                return await self._look(signed, template, wanted)
            return await self._keep(signed, template.kind, wanted, revision, do)
        except ValidationError as error:
            words = translations(signed.language)
            found = {
                ".".join(map(str, one["loc"])): reason(one["type"], one.get("ctx", {}), words)
                for one in error.errors()
            }
        except StaleRevision:
            return await self._merge(signed, template, content, revision)
        except InvalidInput as error:
            if error.code != "template_refused":
                raise
            found = _faults(error, template, signed)
        return await self._form(signed, template, content, revision, found, 400)

    async def history(self, signed: Signed) -> Response:
        """Every revision, and what each changed."""
        kind = _kind(signed)
        told = await signed.call(GetTemplateHistory(kind=kind))
        names = await signed.call(NamePeople(ids=tuple({one.by for one in told.revisions})[:200]))
        contents = [_whole(one.content, told.shipped) for one in told.revisions]
        words = translations(signed.language)
        before = [*contents[1:], _whole(None, told.shipped)]
        values: dict[str, Any] = {
            "kind": NOTICE_KINDS[kind],
            "revisions": [
                (one, differences(_FIELDS, old, new, words))
                for one, new, old in zip(told.revisions, contents, before, strict=False)
            ],
            "names": names,
        }
        below = f"/{kind}/history"
        return admin_page(
            self._desk, signed, MAIL_TEMPLATES, "mail_template_history.html", below=below, **values
        )

    async def restore(self, signed: Signed) -> Response:
        """Make earlier words the newest ones; nothing of what came after is lost."""
        kind, wanted = _kind(signed), number_in(signed.form.get("to"))
        told = (await signed.call(GetTemplateHistory(kind=kind))).revisions
        found = [one for one in told if one.revision == wanted]
        if not found:
            raise NotFound
        revision = number_in(signed.form.get("revision")) or 0
        try:
            return await self._keep(signed, kind, found[0].content, revision, "restore")
        except StaleRevision:
            return RedirectResponse(path_to(signed.language, MAIL_TEMPLATES, f"/{kind}/history"), 303)

    async def _template(self, signed: Signed) -> MailTemplate:
        return await signed.call(GetTemplate(kind=_kind(signed), language=signed.language))

    async def _keep(
        self, signed: Signed, kind: NoticeKind, content: TemplateContent | None, revision: int, done: str
    ) -> Response:
        await signed.call(SaveTemplate(kind=kind, revision=revision, content=content))
        return RedirectResponse(path_to(signed.language, MAIL_TEMPLATES, f"/{kind}?done={done}"), 303)

    async def _look(self, signed: Signed, template: MailTemplate, content: TemplateContent) -> Response:
        """The mail in both languages and both forms, with a real meeting or real news where it is about such."""
        meeting = await latest_meeting(signed) if template.kind in KINDS_OF_MEETINGS else None
        is_digest = template.kind == "digest"
        news = await shown_news(signed, self._desk.base_url) if is_digest else dict.fromkeys(LANGUAGES, ())
        case = signed.form.get("case") or None
        if case not in {one.id for one in template.cases}:
            case = template.cases[0].id
        ask = partial(PreviewTemplate, kind=template.kind, content=content, case=case, meeting=meeting)
        values: dict[str, Any] = {
            "kind": NOTICE_KINDS[template.kind],
            "case": next(one for one in template.cases if one.id == case),
            "cases": template.cases,
            "mails": [(one, await signed.call(ask(language=one, news=news[one]))) for one in LANGUAGES],
            "meeting": meeting,
            "news": any(news.values()),
        }
        below = f"/{template.kind}"
        page = admin_page(
            self._desk, signed, MAIL_TEMPLATES, "mail_template_look.html", below=below, **values
        )
        page.headers["content-security-policy"] = _STYLED
        return page

    async def _merge(
        self, signed: Signed, template: MailTemplate, mine: Mapping[str, Any], seen: int
    ) -> Response:
        """Somebody saved meanwhile: both edits in one form, and where they clash what the other one wrote."""
        told = (await signed.call(GetTemplateHistory(kind=template.kind))).revisions
        base = _whole(next((one.content for one in told if one.revision == seen), None), template.shipped)
        theirs = _whole(told[0].content if told else None, template.shipped)
        content, clashes = fields.merged(base, mine, theirs)
        named = said(_FIELDS, theirs, translations(signed.language))
        told_clashes = {path: clashing(named, path) for path in clashes}
        revision = told[0].revision if told else 0
        return await self._form(signed, template, content, revision, status=409, clashes=told_clashes)

    async def _form(
        self,
        signed: Signed,
        template: MailTemplate,
        content: Mapping[str, Any],
        revision: int,
        faults: Mapping[str, str] | None = None,
        status: int = 200,
        clashes: Mapping[str, Said] | None = None,
        done: str = "",
    ) -> Response:
        values: dict[str, Any] = {
            "kind": NOTICE_KINDS[template.kind],
            "mail": template,
            "fields": fields.show(_FIELDS, content, translations(signed.language), faults or {}),
            "faults": list((faults or {}).items()),
            "revision": revision,
            "is_own": template.content != TemplateContent(),
            "merging": clashes is not None,
            "clashes": clashes or {},
            "done": done,
        }
        below = f"/{template.kind}"
        return admin_page(
            self._desk, signed, MAIL_TEMPLATES, "mail_template.html", status, below=below, **values
        )


def _kind(signed: Signed) -> Any:
    """The kind of mail of the address."""
    kind = str(signed.request.path_params["kind"])
    if kind not in get_args(OwnKind):
        raise NotFound
    return kind


def _whole(content: TemplateContent | None, shipped: TemplateContent) -> dict[str, Any]:
    """What is said in both languages: where the sector says nothing, what is shipped."""
    own, told = (content or TemplateContent()).model_dump(), shipped.model_dump()
    return {
        place: {language: own[place][language] or told[place][language] for language in LANGUAGES}
        for place in told
    }


def _faults(error: InvalidInput, template: MailTemplate, signed: Signed) -> dict[str, str]:
    """What is told beside each field, all reasons of one together."""
    cases = {one.id: one.name for one in template.cases} if len(template.cases) > 1 else {}
    found: dict[str, list[str]] = {}
    for fault in error.details["faults"]:
        told = told_fault(fault, cases.get(fault.get("case", ""), ""), signed.language)
        found.setdefault(fault["field"], []).append(told)
    return {path: " ".join(dict.fromkeys(told)) for path, told in found.items()}
