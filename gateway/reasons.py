"""What is wrong with a field, in words."""

from collections.abc import Mapping
from gettext import NullTranslations
from typing import Any

from gateway.words import N_

_REASONS = {  # pydantic's kinds of errors, https://docs.pydantic.dev/latest/errors/validation_errors/
    "extra_forbidden": N_("There is no such parameter."),
    "unknown_field": N_("There is no such field."),  # the same, in a body
    "missing": N_("It is needed."),
    "literal_error": N_("One of these is expected: %(expected)s."),
    "int_parsing": N_("A whole number is expected."),
    "int_parsing_size": N_("A whole number is expected."),
    "int_from_float": N_("A whole number is expected."),
    "greater_than_equal": N_("It must be %(ge)s or more."),
    "less_than_equal": N_("It must be %(le)s or less."),
    "string_type": N_("It is needed."),
    "string_too_short": N_("It must not be empty."),
    "string_too_long": N_("At most %(max_length)s characters."),
    "too_long": N_("At most %(max_length)s values."),
    "enum": N_("One of these is expected: %(expected)s."),
    "json_invalid": N_("This is not JSON."),
}
_OWN_REASONS = {  # what our contracts say of values, by their words
    "control characters are not allowed": N_("Control characters are not allowed."),
    "a title in French or in English is needed": N_("Give a title in French or in English."),
    "must be a web address beginning with https:// or http://": N_(
        "Give a web address that begins with https:// or http://."
    ),
    "must not hold < or >": N_("The signs < and > are not allowed here."),
    "must be an e-mail address, such as marie@example.org": N_(
        "Give an e-mail address, such as marie@example.org."
    ),
}
_WITHOUT_LIMITS = {"string_too_long": N_("It is too long."), "too_long": N_("It is too long.")}
_OTHER_REASON = N_("This value is not right.")


def reason(kind: str, context: Mapping[str, Any], words: NullTranslations) -> str:
    """What is wrong with a field, in the language of `words`; `kind` and `context` are pydantic's."""
    told = {**context, "expected": str(context.get("expected", "")).replace(" or ", ", ")}
    if kind == "value_error":
        return words.gettext(_OWN_REASONS.get(str(context.get("error")), _OTHER_REASON))
    try:
        return words.gettext(_REASONS.get(kind, _OTHER_REASON)) % told
    except KeyError:  # a service's refusal tells no limits
        return words.gettext(_WITHOUT_LIMITS.get(kind, _OTHER_REASON))
