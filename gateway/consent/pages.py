"""The pages on which people subscribe, confirm, choose and unsubscribe, by the links of mails.

Looking at one changes nothing: programs that read mail look at them, too. The address to unsubscribe at also takes the
one-click POST of mail programs (RFC 8058), which bring neither cookies nor an origin."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from gateway.consent.topics import asking, topic_of, topic_words, wording
from gateway.i18n import translations
from gateway.links import ACCOUNT, PREFERENCES, SUBSCRIPTION, UNSUBSCRIBE
from gateway.meetings.pages import LinkPages
from gateway.people import forms
from gateway.people.desk import Desk, Signed
from gateway.sectors import Language, Sector
from gateway.words import ALWAYS_COMES, FREQUENCIES, PURPOSES, ZONES
from nexus.bus import Bus
from nexus.caller import LANGUAGES, Caller
from nexus.errors import Conflict
from services.notifications.contracts.consent import (
    DEFAULT_ZONE,
    ChangePreferences,
    ConfirmSubscription,
    OpenOwnPreferences,
    OpenPreferences,
    OpenRefusal,
    OpenSubscription,
    Preferences,
    Subscribe,
    Topic,
    Unsubscribe,
)

_FILTERS = ("theme", "type", "kind")


def consent_router(sector: Sector, bus: Bus, base_url: str, desk: Desk) -> APIRouter:
    """All of them in both languages, and the way there from an account."""
    router, pages = APIRouter(), _Consent(sector, bus, base_url)

    async def own(signed: Signed) -> Response:
        token = await signed.call(OpenOwnPreferences(email=signed.visitor.person.email))
        return RedirectResponse(path(signed.language, PREFERENCES, token), 303)

    for language in LANGUAGES:
        for method, place, handle in (
            ("GET", path(language, SUBSCRIPTION), pages.form),
            ("POST", path(language, SUBSCRIPTION), pages.subscribe),
            ("GET", path(language, SUBSCRIPTION, "{token}"), pages.open),
            ("POST", path(language, SUBSCRIPTION, "{token}"), pages.confirm),
            ("GET", path(language, PREFERENCES, "{token}"), pages.preferences),
            ("POST", path(language, PREFERENCES, "{token}"), pages.change),
            ("GET", path(language, UNSUBSCRIBE, "{token}"), pages.refusal),
            ("POST", path(language, UNSUBSCRIBE, "{token}"), pages.unsubscribe),
        ):
            router.add_api_route(place, pages.endpoint(language, handle), methods=[method])
        desk.add(router, "GET", f"/{language}/{ACCOUNT[language]}/{PREFERENCES[language]}", language, own)
    return router


class _Consent(LinkPages):
    async def form(self, language: Language, request: Request, _: str, caller: Caller) -> Response:
        """Ask for an address; or say that a mail is on its way."""
        asked = request.query_params
        topic = topic_of(asked.get("q", ""), *(asked.getlist(name) for name in _FILTERS))
        return self._form(language, topic, sent=asked.get("done") == "sent")

    async def subscribe(self, language: Language, request: Request, _: str, caller: Caller) -> Response:
        """Have a link mailed that confirms it."""
        given = await forms.fields_of(request)
        filters = [await forms.values_of(request, name) for name in _FILTERS]
        topic = topic_of(given.get("q", ""), *filters)
        fields = {"email": given.get("email", ""), "frequency": given.get("frequency", "weekly")}
        fixed: dict[str, Any] = {"language": language, "wording": wording(self._sector, language)}
        command = forms.read(Subscribe, fields | fixed | {"topic": topic}, translations(language))
        if isinstance(command, list):
            return self._form(language, topic, 400, faults=command, typed=given)
        try:
            await self._bus.call(command, caller)
        except Conflict:
            return self._form(language, topic, 409, often=True, typed=given)
        return RedirectResponse(f"{path(language, SUBSCRIPTION)}?done=sent", 303)

    async def open(self, language: Language, request: Request, token: str, caller: Caller) -> Response:
        """What is to be confirmed, with a button."""
        found = await self._bus.call(OpenSubscription(token=token), caller)
        paths = {one: path(one, SUBSCRIPTION, token) for one in LANGUAGES}
        topic = topic_words(found.topic, language)
        values: dict[str, Any] = {"found": found, "topic": topic, "frequencies": FREQUENCIES}
        return self._page.html("consent/confirm.html", language, paths, **values)

    async def confirm(self, language: Language, request: Request, token: str, caller: Caller) -> Response:
        """Agree, and see what was agreed to."""
        preferences = await self._bus.call(ConfirmSubscription(token=token), caller)
        return RedirectResponse(f"{path(language, PREFERENCES, preferences)}?done=confirmed", 303)

    async def preferences(self, language: Language, request: Request, token: str, caller: Caller) -> Response:
        """What somebody wants of us."""
        found = await self._bus.call(OpenPreferences(token=token), caller)
        return self._preferences(language, token, found, done=request.query_params.get("done", ""))

    async def change(self, language: Language, request: Request, token: str, caller: Caller) -> Response:
        """Keep what they chose."""
        given = await forms.fields_of(request)
        kept = await forms.values_of(request, "topic")
        fields = {"token": token, "topics": tuple(kept), **_chosen(given)}
        fields["shown"] = {"digest": wording(self._sector, language), "follow_up": asking(language)}
        command = forms.read(ChangePreferences, fields, translations(language))
        if isinstance(command, list):
            found = await self._bus.call(OpenPreferences(token=token), caller)
            return self._preferences(language, token, found, faults=command, status=400)
        changed = await self._bus.call(command, caller)
        return RedirectResponse(f"{path(changed.language, PREFERENCES, token)}?done=saved", 303)

    async def refusal(self, language: Language, request: Request, token: str, caller: Caller) -> Response:
        """A button that unsubscribes."""
        return self._refusal(language, token, await self._bus.call(OpenRefusal(token=token), caller))

    async def unsubscribe(self, language: Language, request: Request, token: str, caller: Caller) -> Response:
        """No more of it: asked for by a person, or by their mail program."""
        return self._refusal(language, token, await self._bus.call(Unsubscribe(token=token), caller))

    def _form(self, language: Language, topic: Topic, status: int = 200, **values: Any) -> Response:
        paths = {one: path(one, SUBSCRIPTION) for one in LANGUAGES}
        told: dict[str, Any] = {"sent": False, "often": False, "faults": [], "typed": {}, "topic": topic}
        told["about"] = topic_words(topic, language)
        return self._page.html("consent/subscribe.html", language, paths, status, **told | values)

    def _preferences(
        self,
        language: Language,
        token: str,
        found: Preferences,
        *,
        done: str = "",
        faults: list[forms.Fault] | None = None,
        status: int = 200,
    ) -> Response:
        paths = {one: path(one, PREFERENCES, token) for one in LANGUAGES}
        values: dict[str, Any] = {
            "found": found,
            "topics": [(topic.id, topic_words(topic, language)) for topic in found.topics],
            "zones": ZONES if found.zone in ZONES else {**ZONES, found.zone: found.zone},
            "frequencies": FREQUENCIES,
            "purposes": PURPOSES,
            "always": list(ALWAYS_COMES.values()),
            "asking": asking(language),
            "done": done,
            "faults": faults or [],
        }
        return self._page.html("consent/preferences.html", language, paths, status, **values)

    def _refusal(self, language: Language, token: str, found: Any) -> Response:
        paths = {one: path(one, UNSUBSCRIBE, token) for one in LANGUAGES}
        return self._page.html("consent/unsubscribe.html", language, paths, found=found, purposes=PURPOSES)


def path(language: Language, page: Mapping[str, str], token: str = "") -> str:
    """The address of a page, for who has its token."""
    return f"/{language}/{page[language]}" + (f"/{token}" if token else "")


def _chosen(given: dict[str, str]) -> dict[str, Any]:
    """What the form of the preferences says, as the command has it."""
    begin, end = given.get("quiet_begin", ""), given.get("quiet_end", "")
    quiet = {"begin": begin, "end": end} if begin or end else None
    return {
        "language": given.get("language", ""),
        "zone": given.get("zone") or DEFAULT_ZONE,
        "quiet": quiet,
        "frequency": given.get("frequency") or None,
        "follow_up": given.get("follow_up") == "yes",
    }
