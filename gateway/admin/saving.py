"""What a save of a publication can be refused for, in words beside the fields."""

from collections.abc import Iterable
from gettext import NullTranslations

from gateway.admin.fields import Field
from gateway.refusals import reason
from gateway.words import N_
from nexus.errors import InvalidInput

_RULES = {
    "title": N_("Give a title in French or in English."),
    "kind": N_("Choose what kind it is."),
    "starts_at": N_("Say when it begins."),
    "ends_at": N_("Say when it ends: not before it begins."),
    "date": N_("Give a date."),
}
_WEB_ADDRESS = N_("Give a web address that begins with https:// or http://.")
_REFUSED_CONTENT = N_("Something in this form is not right.")
_REFUSED = {
    "file_not_found": N_("A file that this names is not there any more. Upload it again."),
    "cover_not_a_picture": N_("The cover must be a picture: PNG, JPEG or WebP."),
    "sector_forbidden": N_("You may share this with your own sector, or with all."),
    "not_published": N_("A draft cannot be withdrawn: nobody saw it."),
    "slug_taken": N_("Another one has this address already. Choose another."),
}


def told(code: str, words: NullTranslations) -> str | None:
    """What a refusal says of the whole form; None: it is none that a form explains."""
    return words.gettext(_REFUSED[code]) if code in _REFUSED else None


def faults(error: InvalidInput, shape: Iterable[Field], words: NullTranslations) -> dict[str, str]:
    """What is wrong, by the path of the field."""
    fields = list(shape)
    own = {one.name: words.gettext(_RULES[one.name]) for one in fields if one.name in _RULES}
    urls = {"url", *(one.name for one in fields if one.sort == "url")}
    found: dict[str, str] = {}
    for one in error.details.get("errors", ()):
        path = one["field"] or "ends_at"  # the only rule about more than one field
        if path.rpartition(".")[2] in urls:
            found[path] = words.gettext(_WEB_ADDRESS)
        else:
            found[path] = own.get(path) or reason(one["type"], {}, words)
    return found or {"title": words.gettext(_REFUSED_CONTENT)}
