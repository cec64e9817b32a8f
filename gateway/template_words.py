"""Why words of mails are refused, as a person is told it."""

from collections.abc import Mapping
from typing import Any

from gateway.i18n import translations
from gateway.sectors import Language
from gateway.words import N_

REASONS = {
    "syntax": N_("Line %(line)s: it cannot be read here. Look at the braces: each that is opened must be closed."),
    "unknown_field": N_("Line %(line)s: there is no field “%(about)s”."),
    "not_allowed": N_("Line %(line)s: a text may show fields, ask with “if” and go through a list, no more."),
    "too_deep": N_("Line %(line)s: there are too many conditions within each other."),
    "nested_loop": N_("Line %(line)s: a list cannot be gone through within another."),
    "loop_over_what": N_("Line %(line)s: only a field that is a list can be gone through."),
    "needs_loop": N_("Line %(line)s: “%(about)s” is a list, or one of its things: write which part of it is meant."),
    "not_compared": N_("Line %(line)s: only fields with the values below can be compared, with one of these."),
    "unknown_value": N_("Line %(line)s: “%(about)s” never comes true. See the values below."),
    "secret_here": N_("Line %(line)s: “%(about)s” lets people in: it is for the text alone, since others see this."),
    "secret_in_address": N_("“%(about)s” lets people in: it must stand alone, not within another address."),
    "missing_field": N_("“%(about)s” is missing: without it the mail is of no use."),
    "bad_link": N_("A link leads nowhere. Write words in brackets, then an address, or one field, in parentheses."),
    "too_long": N_("It is too long, or becomes too long when it is filled in."),
    "empty": N_("It says nothing. Fill in all three, or leave all three empty for the shipped words."),
}  # fmt: skip
_IN_CASE = N_("In the situation “%(case)s”:")


def told_fault(fault: Mapping[str, Any], case: str, language: Language) -> str:
    """One fault of `template_refused`; `case` is the name of the situation in which it shows, if not in all."""
    words = translations(language)
    reason = REASONS[fault["reason"]]
    told = words.gettext(reason) % {"line": fault["line"], "about": fault.get("about", "")}
    return f"{words.gettext(_IN_CASE) % {'case': case}} {told}" if case else told
