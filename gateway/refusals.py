"""What refusals are called: each code in words, with its status and what to do; what is wrong with a field."""

from collections.abc import Mapping
from gettext import NullTranslations
from typing import Any, NamedTuple

from gateway.words import N_


class Refusal(NamedTuple):
    """One code: what happened, and what to do about it."""

    status: int
    title: str
    advice: str


_CORRECT = N_("Correct the fields named in “errors”, then ask again.")
_CHECK = N_("Check the address, or search for what you need.")
_SOON = N_("Try again in a few seconds.")

REFUSALS = {
    "invalid_input": Refusal(400, N_("The request is not right"), _CORRECT),
    "invalid_message": Refusal(400, N_("The request is not right"), _CORRECT),
    "forbidden": Refusal(403, N_("You have no right to this"), N_("Sign in as somebody who has.")),
    "role_required": Refusal(
        403, N_("Your role does not allow this"), N_("Ask an administrator of your sector for the role.")
    ),
    "sign_in_required": Refusal(403, N_("You are not signed in"), N_("Sign in, then try again.")),
    "session_ended": Refusal(403, N_("You are not signed in any more"), N_("Sign in again.")),
    "form_expired": Refusal(403, N_("This form has expired"), N_("Load the page again, then send it again.")),
    "cross_site_request": Refusal(
        403,
        N_("This came from another site"),
        N_("Open the page on this site, then send the form from there."),
    ),
    "link_expired": Refusal(
        403, N_("This link is no longer good"), N_("Ask for a new code on the page “Sign in”.")
    ),
    "code_expired": Refusal(403, N_("This code is no longer good"), N_("Ask for a new one.")),
    "code_wrong": Refusal(403, N_("That is not the code"), N_("Look at the mail again.")),
    "not_found": Refusal(404, N_("Nothing is at this address"), _CHECK),
    "person_not_found": Refusal(
        404, N_("There is no such account"), N_("Look for it in the list of people.")
    ),
    "program_not_found": Refusal(404, N_("There is no such program"), _CHECK),
    "post_not_found": Refusal(404, N_("There is no such post"), _CHECK),
    "activity_not_found": Refusal(404, N_("There is no such activity"), _CHECK),
    "site_page_not_found": Refusal(404, N_("There is no such page"), _CHECK),
    "preview_invalid": Refusal(
        404, N_("This preview link is not right"), N_("Ask whoever sent it for a new one.")
    ),
    "preview_expired": Refusal(
        404, N_("This preview link has expired"), N_("Ask whoever sent it for a new one.")
    ),
    "page_not_found": Refusal(404, N_("There is no such page of results"), N_("Ask for an earlier page.")),
    "page_out_of_range": Refusal(
        404, N_("There is no such page"), N_("Only 10,000 results can be read. Narrow the search.")
    ),
    "method_not_allowed": Refusal(
        405, N_("This address does not take that method"), N_("See the header “Allow”.")
    ),
    "conflict": Refusal(409, N_("This clashes with what is stored"), N_("Look at it again, then repeat.")),
    "company_unnamed": Refusal(
        409, N_("Your company has no name yet"), N_("Name it on the page of your account.")
    ),
    "last_admin": Refusal(
        409, N_("A sector needs an administrator"), N_("Give the role to somebody else first.")
    ),
    "program_retired": Refusal(
        410, N_("This program is no longer offered"), N_("Search for programs that are offered now.")
    ),
    "document_not_found": Refusal(404, N_("There is no such document"), _CHECK),
    "file_not_found": Refusal(404, N_("There is no such file"), _CHECK),
    "meeting_type_not_found": Refusal(
        404, N_("There is no such meeting"), N_("Choose one on the page “Meet an advisor”.")
    ),
    "meeting_not_found": Refusal(
        404, N_("There is no such meeting"), N_("Open the link of the confirmation again.")
    ),
    "advisor_not_found": Refusal(404, N_("There is no such advisor"), N_("Choose one of the list.")),
    "feed_not_found": Refusal(
        404, N_("This calendar address is no longer good"), N_("Copy the new one from the back office.")
    ),
    "slot_taken": Refusal(
        409, N_("Somebody else has just taken this time"), N_("Choose another one; the nearest are named.")
    ),
    "slot_not_offered": Refusal(
        400, N_("No meeting can begin at this time"), N_("Choose one of the times that are offered.")
    ),
    "place_not_offered": Refusal(
        400, N_("This meeting is not held there"), N_("Choose one of the places of the meeting.")
    ),
    "hold_expired": Refusal(
        409, N_("This time is held for you no longer"), N_("Choose a time again; perhaps it is still free.")
    ),
    "too_many_holds": Refusal(
        409, N_("You hold several times already"), N_("Fill in one of the forms, or wait ten minutes.")
    ),
    "too_many_meetings": Refusal(
        409, N_("Three meetings are booked with this address already"), N_("Cancel one of them first.")
    ),
    "too_late": Refusal(
        409, N_("It is too late to change this meeting here"), N_("Call or write to us instead.")
    ),
    "meeting_over": Refusal(409, N_("This meeting is over or cancelled"), N_("Book another one.")),
    "not_begun": Refusal(409, N_("This meeting has not begun yet"), N_("Come back once it has.")),
    "key_reused": Refusal(
        409, N_("This key was used for another request"), N_("Send a new “Idempotency-Key” for each booking.")
    ),
    "answer_missing": Refusal(400, N_("A question is not answered"), N_("Answer what is marked as needed.")),
    "email_unusable": Refusal(
        400,
        N_("No mail can be sent to this address"),
        N_("Give an e-mail address, such as marie@example.org."),
    ),
    "phone_missing": Refusal(
        400, N_("A meeting by phone needs a number"), N_("Say at which number we can call you.")
    ),
    "date_out_of_range": Refusal(400, N_("This date is too far away"), N_("Choose one within a year.")),
    "ends_before_start": Refusal(400, N_("It ends before it begins"), N_("Look at both times again.")),
    "period_too_long": Refusal(400, N_("This is too long a time"), N_("Ask for a hundred days at most.")),
    "time_does_not_exist": Refusal(
        400,
        N_("This time does not exist"),
        N_("Clocks go forward over it that night: choose an earlier or a later one."),
    ),
    "zone_unknown": Refusal(
        400, N_("This time zone is not known"), N_("Give its name, such as America/Toronto.")
    ),
    "rule_unreadable": Refusal(
        400, N_("This rule cannot be read"), N_("Write it as RFC 5545 has it: daily, weekly or monthly.")
    ),
    "rule_too_fast": Refusal(
        400, N_("A rule cannot repeat within a day"), N_("Use DAILY, WEEKLY or MONTHLY.")
    ),
    "rule_unsupported": Refusal(
        400,
        N_("This rule has parts that are not used here"),
        N_("Use FREQ, INTERVAL, BYDAY and BYMONTHDAY alone."),
    ),
    "parked_event_not_found": Refusal(404, N_("This event waits no longer"), N_("Look at the list again.")),
    "document_retired": Refusal(
        410, N_("This document is no longer offered"), N_("Search for documents that are offered now.")
    ),
    "range_not_satisfiable": Refusal(
        416, N_("The file is shorter than that"), N_("See its length in “Content-Range”.")
    ),
    "post_retired": Refusal(410, N_("This post was withdrawn"), N_("Read the other posts of the blog.")),
    "activity_retired": Refusal(
        410, N_("This activity was withdrawn"), N_("Look at the activities that are announced now.")
    ),
    "site_page_retired": Refusal(410, N_("This page was withdrawn"), _CHECK),
    "body_too_large": Refusal(413, N_("The request is too large"), N_("Send less than one megabyte.")),
    "too_many_requests": Refusal(
        429, N_("Too many requests from your address"), N_("Wait a little, then go on more slowly.")
    ),
    "internal_error": Refusal(
        500, N_("Something went wrong on our side"), N_("Try again; if it persists, write to us.")
    ),
    "unavailable": Refusal(
        503, N_("Part of the site is away"), N_("Nothing is lost. Try again in a few seconds.")
    ),
    "deadline_exceeded": Refusal(504, N_("The answer took too long"), _SOON),
}

_GENERAL = {refusal.status: code for code, refusal in reversed(REFUSALS.items())}

_REASONS = {  # pydantic's kinds of errors, https://docs.pydantic.dev/latest/errors/validation_errors/
    "extra_forbidden": N_("There is no such parameter."),
    "missing": N_("It is needed."),
    "literal_error": N_("One of these is expected: %(expected)s."),
    "int_parsing": N_("A whole number is expected."),
    "int_parsing_size": N_("A whole number is expected."),
    "int_from_float": N_("A whole number is expected."),
    "greater_than_equal": N_("It must be %(ge)s or more."),
    "less_than_equal": N_("It must be %(le)s or less."),
    "string_too_short": N_("It must not be empty."),
    "string_too_long": N_("At most %(max_length)s characters."),
    "too_long": N_("At most %(max_length)s values."),
    "value_error": N_("Control characters are not allowed."),
}
_OTHER_REASON = N_("This value is not right.")


def documented(status: int, code: str) -> str:
    """The code under which `code` is explained: itself, or the general one of its status."""
    return code if code in REFUSALS else _GENERAL.get(status, "internal_error")


def reason(kind: str, context: Mapping[str, Any], words: NullTranslations) -> str:
    """What is wrong with a field, in the language of `words`; `kind` and `context` are pydantic's."""
    told = {**context, "expected": str(context.get("expected", "")).replace(" or ", ", ")}
    return words.gettext(_REASONS.get(kind, _OTHER_REASON)) % told
