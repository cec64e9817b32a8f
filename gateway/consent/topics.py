"""What a visitor may subscribe to, as forms and pages have it, and the words with which they agree."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from gateway import words
from gateway.i18n import translations
from gateway.links import SUBSCRIPTION
from gateway.sectors import Language, Sector
from gateway.words import N_
from services.notifications.contracts.consent import Topic

_AGREED = N_(
    "I want %(site)s, for %(contact)s, to mail me what is new. Every mail has a link that ends it with one click."
)
_ASKING = N_("You may ask me, after ten days and after ninety, how it went")
_WHAT_IS_NEW = N_("new programs and activities")
_TYPES: dict[str, str] = {"program": N_("programs"), "activity": N_("activities")}


def wording(sector: Sector, language: Language) -> str:
    """What somebody agrees to: shown beside the button, and kept."""
    told = {"site": f"Emploi NEXUS {sector.short[language]}", "contact": sector.contact.name}
    return translations(language).gettext(_AGREED) % told


def asking(language: Language) -> str:
    """The same for questions after a meeting."""
    return translations(language).gettext(_ASKING)


def topic_of(
    q: str = "", theme: Sequence[str] = (), type: Sequence[str] = (), kind: Sequence[str] = ()
) -> Topic:
    """What a search with these words and filters would find; what digests know nothing of is left out."""
    known: dict[str, Any] = {
        "themes": tuple(one for one in words.THEMES if one in theme),
        "types": tuple(one for one in _TYPES if one in type),
        "kinds": tuple(one for one in {**words.KINDS, **words.ACTIVITY_KINDS} if one in kind),
    }
    said = "".join(one for one in " ".join(q.split()) if one.isprintable())
    return Topic(words=said[:200], **known)


def subscribe_path(language: Language, topic: Topic) -> str:
    """The form with which somebody subscribes to a topic."""
    given = {"q": topic.words, "theme": topic.themes, "type": topic.types, "kind": topic.kinds}
    query = urlencode({name: value for name, value in given.items() if value}, doseq=True)
    return f"/{language}/{SUBSCRIPTION[language]}" + (f"?{query}" if query else "")


def topic_words(topic: Topic, language: Language) -> str:
    """A topic for people: `programmes – Embaucher – « ingénieur »`."""
    catalogue = translations(language)
    types = [catalogue.gettext(_TYPES[one]) for one in topic.types]
    kinds = [words.named(words.KINDS | words.ACTIVITY_KINDS, one, catalogue) for one in topic.kinds]
    themes = [words.named(words.THEMES, one, catalogue) for one in topic.themes]
    quoted = [catalogue.gettext(N_("“%(words)s”")) % {"words": topic.words}] if topic.words else []
    parts = [", ".join(some) for some in (types, kinds, themes, quoted) if some]
    return " – ".join(parts) or catalogue.gettext(_WHAT_IS_NEW)
