"""Webhooks in the back office: make one, change it, give it another secret, see what became of each delivery."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from gateway.admin.frame import WEBHOOKS, admin_page, number_in, path_to
from gateway.i18n import translations
from gateway.people import forms
from gateway.people.desk import Desk, Signed
from gateway.refusals import REFUSALS
from gateway.webhook_words import DELIVERY_EVENTS, TROUBLES, WEBHOOK_EVENTS, WEBHOOK_STATES, WHY_DISABLED
from gateway.words import N_
from nexus.caller import LANGUAGES
from nexus.errors import InvalidInput, NotFound, StaleRevision
from nexus.messages import Command
from services.notifications.contracts.webhooks import (
    ChangeWebhook,
    GetWebhook,
    ListWebhookDeliveries,
    ListWebhooks,
    MadeWebhook,
    MakeWebhook,
    RemoveWebhook,
    RotateWebhookSecret,
    SendWebhookAgain,
    TestWebhook,
    TurnWebhook,
    Webhook,
)
from services.people.contracts.people import NamePeople

_STALE = N_("Somebody else changed it meanwhile. Open it again, then save.")
_DONE = {
    "saved": N_("It is saved."),
    "enabled": N_("It is enabled: from now on, it is told what happens."),
    "disabled": N_("It is disabled: it is told nothing until you enable it again."),
    "removed": N_("The webhook is removed, with its deliveries."),
    "test": N_("A test is on its way. Reload this page to see what became of it."),
    "again": N_("It is being sent again. Reload this page to see what became of it."),
}


def webhooks_routes(router: APIRouter, desk: Desk) -> None:
    """Add the list, and the page of each."""
    pages = _Webhooks(desk)
    for language in LANGUAGES:
        start = path_to(language, WEBHOOKS)
        for method, below, handle in (
            ("GET", "", pages.listed),
            ("POST", "", pages.make),
            ("GET", "/{id}", pages.show),
            ("POST", "/{id}", pages.save),
            ("POST", "/{id}/rotate", pages.rotate),
            ("POST", "/{id}/do", pages.do),
        ):
            desk.add(router, method, start + below, language, handle, WEBHOOKS.roles)


class _Webhooks:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def listed(self, signed: Signed) -> Response:
        """Newest first, and a form for a new one."""
        return await self._list(signed, [], {})

    async def make(self, signed: Signed) -> Response:
        """A new one. Its secret is in this answer and nowhere else."""
        wanted = await _wanted(signed)
        command = forms.read(MakeWebhook, wanted, translations(signed.language))
        if isinstance(command, list):
            return await self._list(signed, command, wanted, 400)
        try:
            made: MadeWebhook = await signed.call(command)
        except InvalidInput as error:
            return await self._list(signed, [_fault(error, signed)], wanted, 400)
        return await self._one(signed, made.webhook, made=made)

    async def show(self, signed: Signed) -> Response:
        """One, with what became of its deliveries."""
        return await self._one(signed, await _found(signed))

    async def save(self, signed: Signed) -> Response:
        """Its name, address and events."""
        hook, wanted = await _found(signed), await _wanted(signed)
        told = {"id": hook.id, "revision": number_in(signed.form.get("revision")) or 0, **wanted}
        command = forms.read(ChangeWebhook, told, translations(signed.language))
        if isinstance(command, list):
            return await self._one(signed, hook, command, wanted, 400)
        try:
            await signed.call(command)
        except StaleRevision:
            words = translations(signed.language).gettext(_STALE)
            return await self._one(signed, hook, [forms.Fault("name", words)], wanted, 409)
        except InvalidInput as error:
            return await self._one(signed, hook, [_fault(error, signed)], wanted, 400)
        return _to(signed, hook.id, "saved")

    async def rotate(self, signed: Signed) -> Response:
        """Another secret, which is in this answer and nowhere else."""
        hook = await _found(signed)
        made = await signed.call(RotateWebhookSecret(id=hook.id))
        return await self._one(signed, made.webhook, made=made)

    async def do(self, signed: Signed) -> Response:
        """What one click does."""
        hook, what = await _found(signed), signed.form.get("do", "")
        commands: dict[str, Command[Any]] = {
            "enabled": TurnWebhook(id=hook.id, active=True),
            "disabled": TurnWebhook(id=hook.id, active=False),
            "removed": RemoveWebhook(id=hook.id),
            "test": TestWebhook(id=hook.id),
        }
        if what == "again":
            again = forms.read(
                SendWebhookAgain, {"id": signed.form.get("id", "")}, translations(signed.language)
            )
            if isinstance(again, list):
                raise NotFound("webhook_delivery_not_found")
            commands[what] = again
        if what not in commands:
            raise NotFound("not_found")
        await signed.call(commands[what])
        return _to(signed, "" if what == "removed" else hook.id, what)

    async def _list(
        self, signed: Signed, faults: list[forms.Fault], form: dict[str, Any], status: int = 200
    ) -> Response:
        values: dict[str, Any] = {
            "hooks": (await signed.call(ListWebhooks())).items,
            "faults": faults,
            "form": form,
            "events": WEBHOOK_EVENTS,
            "why": WHY_DISABLED,
            "done": _DONE.get(signed.query("done")),
        }
        return admin_page(self._desk, signed, WEBHOOKS, "webhooks.html", status, **values)

    async def _one(
        self,
        signed: Signed,
        hook: Webhook,
        faults: list[forms.Fault] | None = None,
        form: dict[str, Any] | None = None,
        status: int = 200,
        made: MadeWebhook | None = None,
    ) -> Response:
        after = {"after": signed.query("after")} if signed.query("after") else {}
        query = forms.read(ListWebhookDeliveries, {"id": hook.id, **after}, translations(signed.language))
        if isinstance(query, list):
            raise NotFound("not_found")
        values: dict[str, Any] = {
            "hook": hook,
            "made": made,
            "maker": (await signed.call(NamePeople(ids=(hook.created_by,)))).get(hook.created_by),
            "page": await signed.call(query),
            "faults": faults or [],
            "form": form or {"name": hook.name, "url": hook.url, "events": hook.events},
            "events": WEBHOOK_EVENTS,
            "delivery_events": DELIVERY_EVENTS,
            "states": WEBHOOK_STATES,
            "troubles": TROUBLES,
            "why": WHY_DISABLED,
            "done": _DONE.get(signed.query("done")),
        }
        return admin_page(self._desk, signed, WEBHOOKS, "webhook.html", status, f"/{hook.id}", **values)


async def _wanted(signed: Signed) -> dict[str, Any]:
    return {
        "name": signed.form.get("name", ""),
        "url": signed.form.get("url", ""),
        "events": await signed.values("events"),
    }


async def _found(signed: Signed) -> Webhook:
    """The one of the address. Raises NotFound."""
    wanted = {"id": str(signed.request.path_params["id"])}
    query = forms.read(GetWebhook, wanted, translations(signed.language))
    if isinstance(query, list):
        raise NotFound("webhook_not_found")
    return await signed.call(query)


def _fault(error: InvalidInput, signed: Signed) -> forms.Fault:
    """What is wrong with an address. Raises `error` if it is another thing."""
    if not error.code.startswith("webhook_url_"):
        raise error
    return forms.Fault("url", translations(signed.language).gettext(REFUSALS[error.code].advice))


def _to(signed: Signed, hook: str, done: str) -> Response:
    below = f"/{hook}" if hook else ""
    return RedirectResponse(path_to(signed.language, WEBHOOKS, f"{below}?done={done}"), 303)
