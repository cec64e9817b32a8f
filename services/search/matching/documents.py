"""An entry as an engine keeps it: words to look up, values to filter by, texts to show."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import orjson

from services.search.analysis import content_stems_of, fold, stems_of, surface, surfaces, tokenize
from services.search.contracts import LANGUAGES, Language
from services.search.domain import Entry, Removal, Words
from services.search.matching.synonyms import signs

SHARED = "*"  # the sector of what all sectors show
NEVER = 9_999_999  # a day of `date.toordinal` that stays ahead
NAMES = 2_000  # of providers that are remembered, each with its slug
GONE = 0  # a day that is past: what was removed stays in the index, hidden, to know later news by
BOUNDARY = "·"  # stands between texts of one field, so that no phrase spans two of them

TEXT_FIELDS = tuple(
    f"{name}_{language}" for language in LANGUAGES for name in ("title", "lead", "provider", "body", "all")
)
COMPLETION_FIELDS = tuple(f"complete_{language}" for language in LANGUAGES)
START_FIELDS = tuple(f"start_{language}" for language in LANGUAGES)
VIEW_FIELDS = tuple(f"view_{language}" for language in LANGUAGES)
WORDS = "words"
HIDDEN = ("body", "keywords")  # of a view: to read, not to show
VALUE_FIELDS = ("theme", "kind", "sector", "provider", "provider_name", "language", "type")

FORMAT = 9  # one more whenever `document`, or an engine, makes something else of an entry

_LATEST = 10**17  # microseconds since 1970, about the year 5138


@dataclass(frozen=True, slots=True)
class Document:
    """`texts` are words joined by spaces, `values` exact; `views` are JSON of what a hit shows. `expires` and `stale`
    are days of `date.toordinal`.

    Made once and kept: texts become words in half a millisecond, more than an engine takes to index them."""

    id: str
    revision: int
    expires: int
    stale: int
    newest: str
    texts: dict[str, str]
    values: dict[str, list[str]]
    views: dict[str, str]


def document(change: Entry | Removal) -> Document:
    """What to keep of `change`; of a removal only that it happened."""
    if isinstance(change, Removal):
        return Document(change.id, change.revision, GONE, GONE, change.id, {}, {}, {})
    return Document(
        id=change.id,
        revision=change.revision,
        expires=_ordinal(change.expires),
        stale=_ordinal(change.stale),
        newest=_newest_first(change),
        texts=_texts(change),
        values=_values(change),
        views={f"view_{language}": _view(change, language) for language in LANGUAGES},
    )


def _ordinal(day: date | None) -> int:
    return day.toordinal() if day else NEVER


def latest(documents: Iterable[Document]) -> list[Document]:
    """The last news of each id; at equal revisions a removal."""
    newest: dict[str, Document] = {}
    for one in documents:
        held = newest.get(one.id)
        if held is None or (held.revision, -held.expires) <= (one.revision, -one.expires):
            newest[one.id] = one
    return list(newest.values())


def write_document(made: Document) -> bytes:
    """`made` as JSON."""
    return orjson.dumps(made)


def read_document(written: bytes) -> Document:
    """What `write_document` wrote."""
    return Document(**orjson.loads(written))


def provider_slug(name: str) -> str:
    """The value that stands for the provider `name` in addresses."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-") or fold(name)


@lru_cache(maxsize=NAMES)
def provider_name(value: str, language: Language) -> tuple[str, str]:
    """The slug and the name in `language` (else the other) out of a `provider_name` value."""
    slug, french, english = value.split("\t")
    return slug, Words(fr=french, en=english).best(language)[0]


def read_view(view: str | bytes) -> dict[str, Any]:
    """What `document` put in a view: the fields of a Hit but its score and snippet, HIDDEN besides."""
    found: dict[str, Any] = orjson.loads(view)
    return found


def _newest_first(entry: Entry) -> str:
    """A key that sorts later dates first, then by id."""
    return f"{_LATEST - int(entry.date.timestamp() * 1_000_000):018d} {entry.id}"


def _texts(entry: Entry) -> dict[str, str]:
    found: dict[str, str] = {}
    vocabulary: set[str] = set()
    for language in LANGUAGES:
        parts = {
            "title": [entry.title],
            "lead": [entry.lead, entry.keywords],
            "provider": [entry.provider],
            "body": [entry.body],
        }
        for name, texts in parts.items():
            read = [tokenize(getattr(text, language) or "", language) for text in texts]
            vocabulary.update(*read)
            found[f"{name}_{language}"] = _joined(_words(tokens, language) for tokens in read)
        found[f"all_{language}"] = _joined(found[f"{name}_{language}"] for name in parts)
        title, own = entry.title.best(language)
        found[f"complete_{language}"] = found[f"start_{language}"] = " ".join(surfaces(title, own))
    found[WORDS] = " ".join(set(map(surface, vocabulary)))
    return {field: text for field, text in found.items() if text}


def _words(tokens: list[str], language: Language) -> str:
    """The stems of `tokens`, and behind them the signs of what they mention."""
    mentioned = signs(content_stems_of(tokens, language), language)
    return _joined([" ".join(stems_of(tokens, language)), " ".join(mentioned)])


def _joined(texts: Iterable[str]) -> str:
    return f" {BOUNDARY} ".join(text for text in texts if text)


def _values(entry: Entry) -> dict[str, list[str]]:
    name = entry.provider.fr or entry.provider.en
    slug = provider_slug(name) if name else ""
    names = [part.replace("\t", " ") if part else "" for part in (entry.provider.fr, entry.provider.en)]
    return {
        "type": [entry.type],
        "theme": list(dict.fromkeys(entry.themes)),
        "kind": [entry.kind] if entry.kind else [],
        "sector": list(dict.fromkeys(entry.sectors)) or [SHARED],
        "provider": [slug] if slug else [],
        "provider_name": ["\t".join([slug, *names])] if slug else [],
        "language": list(dict.fromkeys(entry.languages)),
    }


def _view(entry: Entry, language: Language) -> str:
    title, text_lang = entry.title.best(language)
    return orjson.dumps(
        {
            "type": entry.type,
            "id": entry.id,
            "slug": entry.slug.best(language)[0],
            "text_lang": text_lang,
            "title": title,
            "lead": entry.lead.best(text_lang)[0],
            # A whole book would be read with each hit that shows two lines of it: its passages are in `pages`.
            "body": "" if entry.type == "document" else entry.body.best(text_lang)[0],
            "keywords": entry.keywords.best(text_lang)[0],
            "kind": entry.kind,
            "themes": entry.themes,
            "sectors": entry.sectors,
            "provider": entry.provider.best(language)[0] or None,
            "date": entry.date,
            "verified_on": entry.verified,
            "stale_on": entry.stale,
        }
    ).decode()
