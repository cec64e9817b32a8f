"""What a save of a publication can be refused for, in words beside the fields."""

from collections.abc import Iterable
from gettext import NullTranslations

from gateway.admin.fields import Field
from gateway.admin.naming import fault_of
from gateway.words import N_
from nexus.errors import InvalidInput

_OURS = "Value error, "  # what pydantic puts before the words of our contracts
_REFUSED_CONTENT = N_("Something in this form is not right.")
_REFUSED = {
    "file_not_found": N_("A file that this names is not there any more. Upload it again."),
    "cover_not_a_picture": N_("The cover must be a picture: PNG, JPEG or WebP."),
    "logo_not_a_picture": N_("The logo must be a picture: PNG, JPEG, WebP or GIF."),
    "logo_too_large": N_("The logo is larger than one megabyte. Upload a smaller one."),
    "sector_forbidden": N_("You may share this with your own sector, or with all."),
    "not_published": N_("A draft cannot be withdrawn: nobody saw it."),
    "slug_taken": N_("Another one has this address already. Choose another."),
}
_AT = {  # the fields that refusals concern, if not the whole form
    "cover_not_a_picture": "cover",
    "logo_not_a_picture": "logo",
    "logo_too_large": "logo",
}


def told(code: str, words: NullTranslations) -> dict[str, str] | None:
    """What a refusal says, by field; None: it is none that a form explains."""
    return {_AT.get(code, "title"): words.gettext(_REFUSED[code])} if code in _REFUSED else None


def faults(error: InvalidInput, shape: Iterable[Field], words: NullTranslations) -> dict[str, str]:
    """What is wrong, by the path of the field."""
    fields, found = tuple(shape), {}
    for one in error.details.get("errors", ()):
        path = one["field"] or "ends_at"  # the only rule about more than one field
        found[path] = fault_of(path, one["type"], fields, words, one["reason"].removeprefix(_OURS))
    return found or {"title": words.gettext(_REFUSED_CONTENT)}
