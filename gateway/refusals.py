"""What refusals are called: each code in words, with its status and what to do."""

from typing import NamedTuple

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
    "contrast_too_low": Refusal(
        400,
        N_("These colours cannot be read well enough"),
        N_("Take darker or lighter ones; those in “nearest” pass."),
    ),
    "template_refused": Refusal(
        400,
        N_("These words cannot be mailed"),
        N_("“faults” has the place, the line and the reason of each."),
    ),
    "upload_incomplete": Refusal(
        400, N_("Not all of the file has come"), N_("Send the whole file again; it must not be empty.")
    ),
    "key_missing": Refusal(
        401, N_("This needs a key"), N_("Send it in the header “Authorization”, after the word “Bearer”.")
    ),
    "key_invalid": Refusal(
        401,
        N_("This key is not valid"),
        N_("It is mistyped, or has expired, or was revoked, or is of another sector. Ask for a new one."),
    ),
    "forbidden": Refusal(403, N_("You have no right to this"), N_("Sign in as somebody who has.")),
    "role_required": Refusal(
        403, N_("Your role does not allow this"), N_("Ask an administrator of your sector for the role.")
    ),
    "scope_required": Refusal(
        403,
        N_("This key is for other things"),
        N_("Ask an administrator of your sector for a key with the scope that “WWW-Authenticate” names."),
    ),
    "sector_forbidden": Refusal(
        403, N_("This belongs to another sector"), N_("Name your own sector, or none, in “sectors”.")
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
    "sign_in_expired": Refusal(
        403, N_("This sign-in took too long"), N_("It is good for some minutes, in one browser. Begin again.")
    ),
    "provider_refused": Refusal(
        403,
        N_("Your organization’s sign-in did not let you in"),
        N_("Try again, or have a code sent to your address."),
    ),
    "identity_unproven": Refusal(
        403,
        N_("The answer of your organization’s sign-in could not be checked"),
        N_("Have a code sent to your address, and tell us."),
    ),
    "email_unproven": Refusal(
        403,
        N_("Your organization’s sign-in does not vouch for your e-mail address"),
        N_("Have a code sent to your address."),
    ),
    "address_not_allowed": Refusal(
        403,
        N_("This way of signing in is not for your e-mail address"),
        N_("Have a code sent to your address."),
    ),
    "account_needed": Refusal(
        403,
        N_("Nobody has invited this e-mail address yet"),
        N_("Ask an administrator of your sector for an invitation, or have a code sent to your address."),
    ),
    "passkey_expired": Refusal(
        403, N_("This took too long"), N_("Try again; a passkey must be used within five minutes.")
    ),
    "passkey_refused": Refusal(
        403,
        N_("This passkey was not accepted"),
        N_("Try another one, or have a code sent to your address."),
    ),
    "passkeys_impossible": Refusal(
        400, N_("There are no passkeys at this address"), N_("Have a code sent to your address.")
    ),
    "not_found": Refusal(404, N_("Nothing is at this address"), _CHECK),
    "person_not_found": Refusal(
        404, N_("There is no such account"), N_("Look for it in the list of people.")
    ),
    "invitation_not_found": Refusal(
        404,
        N_("There is no such invitation"),
        N_("It was followed, withdrawn or has expired. Look at the list."),
    ),
    "comment_not_found": Refusal(
        404, N_("There is no such comment"), N_("Open what it is about, and look there.")
    ),
    "partner_not_found": Refusal(404, N_("There is no such partner"), N_("Look at the list again.")),
    "logo_not_a_picture": Refusal(
        400, N_("The logo is not a picture"), N_("Upload a PNG, JPEG, WebP or GIF file.")
    ),
    "logo_too_large": Refusal(400, N_("The logo is too large"), N_("Upload a file of at most one megabyte.")),
    "key_not_found": Refusal(404, N_("There is no such key"), N_("Look for it in the list of keys.")),
    "webhook_not_found": Refusal(
        404, N_("There is no such webhook"), N_("Look for it in the list of webhooks.")
    ),
    "webhook_delivery_not_found": Refusal(
        404, N_("There is no such delivery"), N_("It may be older than 90 days. Look at the list again.")
    ),
    "webhook_url_invalid": Refusal(
        400,
        N_("This is not an address for a webhook"),
        N_("Give a whole address such as https://example.org/hook, without accents or spaces."),
    ),
    "webhook_url_not_https": Refusal(
        400, N_("This address has no encryption"), N_("Give an address that begins with https://.")
    ),
    "webhook_url_credentials": Refusal(
        400,
        N_("This address holds a name or a password"),
        N_("Leave out what stands before the @. The signature tells who sends."),
    ),
    "webhook_url_not_public": Refusal(
        400,
        N_("This address lies in a private network"),
        N_("Give an address that can be reached from the Internet."),
    ),
    "program_not_found": Refusal(404, N_("There is no such program"), _CHECK),
    "import_not_found": Refusal(
        404, N_("There is no such import"), N_("It may be older than a month. Import the file again.")
    ),
    "post_not_found": Refusal(404, N_("There is no such post"), _CHECK),
    "activity_not_found": Refusal(404, N_("There is no such activity"), _CHECK),
    "site_page_not_found": Refusal(404, N_("There is no such page"), _CHECK),
    "preview_invalid": Refusal(
        404, N_("This preview link is not right"), N_("Ask whoever sent it for a new one.")
    ),
    "preview_expired": Refusal(
        404, N_("This preview link has expired"), N_("Ask whoever sent it for a new one.")
    ),
    "verification_link_invalid": Refusal(
        404,
        N_("This link is not right"),
        N_("Open it from the mail, whole, or correct the program in the back office."),
    ),
    "verification_link_expired": Refusal(
        404,
        N_("This link has expired"),
        N_("Wait for the next mail, or open the program in the back office."),
    ),
    "link_not_found": Refusal(404, N_("Nothing has this link any more"), N_("Look at the list again.")),
    "page_not_found": Refusal(404, N_("There is no such page of results"), N_("Ask for an earlier page.")),
    "page_out_of_range": Refusal(
        404, N_("There is no such page"), N_("Only 10,000 results can be read. Narrow the search.")
    ),
    "method_not_allowed": Refusal(
        405, N_("This address does not take that method"), N_("See the header “Allow”.")
    ),
    "conflict": Refusal(409, N_("This clashes with what is stored"), N_("Look at it again, then repeat.")),
    "not_published": Refusal(
        409, N_("This was never published"), N_("There is nothing to withdraw: leave it as a draft.")
    ),
    "idempotency_in_progress": Refusal(
        409, N_("The same request is under way"), N_("Ask again in a second: you get its answer.")
    ),
    "passkeys_enough": Refusal(
        409, N_("You have as many passkeys as there can be"), N_("Remove one that you do not need.")
    ),
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
    "work_not_found": Refusal(
        404, N_("These changes are kept no longer"), N_("Open the form again from its list.")
    ),
    "work_finished": Refusal(
        409, N_("These changes were saved or discarded already"), N_("Open the form again from its list.")
    ),
    "file_not_found": Refusal(404, N_("There is no such file"), _CHECK),
    "meeting_type_not_found": Refusal(
        404, N_("There is no such meeting"), N_("Choose one on the page “Meet an advisor”.")
    ),
    "meeting_not_found": Refusal(
        404, N_("There is no such meeting"), N_("Open the link of the confirmation again.")
    ),
    "company_not_found": Refusal(404, N_("There is no such company"), N_("Search for it under “Companies”.")),
    "case_not_found": Refusal(404, N_("There is no such case"), N_("Choose one under “Cases”.")),
    "data_request_not_found": Refusal(
        404, N_("This link is no longer good"), N_("Ask for your data again, under “My data”.")
    ),
    "export_not_ready": Refusal(
        409, N_("The data is not ready yet"), N_("Look again in a few minutes; a message tells you, too.")
    ),
    "merger_not_found": Refusal(
        404, N_("There is no such merger to undo"), N_("Look at the company again: it may be undone already.")
    ),
    "plan_not_found": Refusal(
        404, N_("There is no such plan"), N_("Open the link of our message again, or write to us.")
    ),
    "ask_not_found": Refusal(
        404, N_("There is no such question"), N_("Open the link of our message again, or write to us.")
    ),
    "entry_not_found": Refusal(404, N_("The plan has no such step"), N_("Look at the plan again.")),
    "task_not_found": Refusal(404, N_("There is no such task"), N_("Look at the case again.")),
    "referral_not_found": Refusal(
        404, N_("No other sector asks you this"), N_("Choose one of those under “Cases”.")
    ),
    "entry_twice": Refusal(400, N_("Two steps of the plan have the same id"), N_("Give each its own.")),
    "same_company": Refusal(400, N_("This is one and the same company"), N_("Choose another one.")),
    "sector_unknown": Refusal(400, N_("There is no such sector"), N_("Choose one of those in “known”.")),
    "referral_to_oneself": Refusal(400, N_("This is your own sector"), N_("Choose another one.")),
    "neq_in_use": Refusal(
        409,
        N_("Another company has this NEQ"),
        N_("If it is the same one, ask a coordinator to merge the two."),
    ),
    "company_busy": Refusal(409, N_("Others are changing this company just now"), _SOON),
    "case_busy": Refusal(409, N_("Others are changing this case just now"), _SOON),
    "case_full": Refusal(
        409, N_("This case holds no more"), N_("Close it; the next meeting opens another one.")
    ),
    "case_closed": Refusal(409, N_("This case is closed"), N_("Open it again first.")),
    "case_open": Refusal(409, N_("This case is open already"), N_("There is nothing left to do.")),
    "other_case_open": Refusal(
        409, N_("Another case of this company is open"), N_("Go on with that one, or close it first.")
    ),
    "plan_empty": Refusal(409, N_("There is nothing in the plan yet"), N_("Write a step into it first.")),
    "nobody_to_write_to": Refusal(
        409, N_("We know of nobody to write to"), N_("The company has no meeting with an address yet.")
    ),
    "referral_open": Refusal(
        409, N_("This sector is asked already"), N_("It has five days to answer; then you are told.")
    ),
    "referral_answered": Refusal(409, N_("Somebody has answered already"), N_("Look at the list again.")),
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
    "wish_not_found": Refusal(
        404, N_("There is no such place on the waiting list"), N_("Open the link of the mail again.")
    ),
    "offer_expired": Refusal(
        409,
        N_("This time is kept for you no longer"),
        N_("You stay on the waiting list, and are told of the next one."),
    ),
    "too_many_wishes": Refusal(
        409, N_("You wait for three times already with this address"), N_("Leave one of them first.")
    ),
    "registration_not_found": Refusal(
        404, N_("There is no such registration"), N_("Open the link of the mail again.")
    ),
    "registration_closed": Refusal(
        409, N_("One cannot register for this activity"), N_("Look at what else is announced.")
    ),
    "too_many_registrations": Refusal(
        409, N_("Ten activities are ahead with this address already"), N_("Give up one of the places first.")
    ),
    "activity_over": Refusal(
        409, N_("This activity is over"), N_("Nothing can be changed in its registrations.")
    ),
    "activity_not_over": Refusal(
        409, N_("This activity is not over yet"), N_("Say what you thought of it afterwards.")
    ),
    "not_registered": Refusal(
        409, N_("There is no place with this registration"), N_("Choose one that has a place.")
    ),
    "document_type_refused": Refusal(
        400,
        N_("This kind of file is not taken"),
        N_("Send a PDF, a Word, Excel or PowerPoint document, a text or a picture."),
    ),
    "comment_id_taken": Refusal(
        409, N_("There is another comment with this id"), N_("Choose another id for a new one.")
    ),
    "comment_full": Refusal(
        409, N_("This comment has fifty answers already"), N_("Settle it, and ask anew.")
    ),
    "too_many_documents": Refusal(
        409, N_("Five documents are there already"), N_("Take one of them back first.")
    ),
    "meeting_over": Refusal(409, N_("This meeting is over or cancelled"), N_("Book another one.")),
    "not_begun": Refusal(409, N_("This meeting has not begun yet"), N_("Come back once it has.")),
    "key_reused": Refusal(
        409,
        N_("This key was used for another request"),
        N_("Send a new “Idempotency-Key” for each new request."),
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
    "phone_unusable": Refusal(
        400,
        N_("No text message can be sent to this number"),
        N_("Give the number of a mobile phone of Canada or the United States, such as 514 555-0123."),
    ),
    "texts_not_offered": Refusal(
        400, N_("No text messages are sent at present."), N_("Leave “text_consent” out.")
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
    "calendar_unreachable": Refusal(
        400,
        N_("The calendar does not answer"),
        N_("Look whether its address is still good, then set it again."),
    ),
    "calendar_not_public": Refusal(
        400,
        N_("The calendar is in a private network"),
        N_("Give an address that everybody on the Internet can reach, as Outlook and Google publish it."),
    ),
    "calendar_unreadable": Refusal(
        400,
        N_("What is at this address is no calendar that can be read"),
        N_("Give the address of the calendar in the format iCal (ICS), not that of its page."),
    ),
    "calendar_too_large": Refusal(
        400,
        N_("The calendar is too large"),
        N_("Publish one with fewer events: 20,000 and 10 megabytes at most."),
    ),
    "calendar_rule_refused": Refusal(
        400,
        N_("An event of the calendar is repeated within a day"),
        N_("Change it to one that is repeated daily at most."),
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
    "delivery_not_found": Refusal(404, N_("There is no such message"), N_("Look at the list again.")),
    "delivery_over": Refusal(
        409,
        N_("This message cannot be sent again"),
        N_("It was sent, or came to its end: what it said is forgotten. Look at the list again."),
    ),
    "result_mailed_often": Refusal(
        409, N_("You had several results sent just now"), N_("Try again in a quarter of an hour.")
    ),
    "subscription_asked_often": Refusal(
        409,
        N_("Several mails were sent to confirm this just now"),
        N_("Look for them, or try again in an hour."),
    ),
    "consent_busy": Refusal(409, N_("Somebody changes this at the same time"), _SOON),
    "topic_unknown": Refusal(
        400, N_("There is no such topic"), N_("Subscribe on the page of a need, or of a search.")
    ),
    "subscription_link_invalid": Refusal(
        404,
        N_("This link is not right, or older than three days"),
        N_("Open it from the mail, whole, or subscribe again."),
    ),
    "preferences_link_invalid": Refusal(
        404, N_("This link is not right"), N_("Open it from the latest mail, whole.")
    ),
    "unsubscribe_link_invalid": Refusal(
        404, N_("This link is not right"), N_("Open it from the latest mail, whole.")
    ),
    "parked_event_not_found": Refusal(404, N_("This event waits no longer"), N_("Look at the list again.")),
    "document_retired": Refusal(
        410, N_("This document is no longer offered"), N_("Search for documents that are offered now.")
    ),
    "stale_revision": Refusal(
        412,
        N_("Somebody else has changed this since"),
        N_("Put your change into “current”, then send it with the new revision in “If-Match”."),
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
    "file_too_large": Refusal(413, N_("The file is too large"), N_("Send at most 50 megabytes.")),
    "unsupported_media_type": Refusal(
        415,
        N_("The body is of a type that this address does not take"),
        N_("Set “Content-Type”: application/json, for a file application/octet-stream."),
    ),
    "webhooks_enough": Refusal(
        409, N_("Your sector has as many webhooks as there can be"), N_("Remove one that you do not need.")
    ),
    "idempotency_key_reused": Refusal(
        422,
        N_("This idempotency key came with another request before"),
        N_("Take a new key for each new request."),
    ),
    "too_many_requests": Refusal(
        429,
        N_("Too many requests from your address, or with your key"),
        N_("Wait a little, then go on more slowly."),
    ),
    "internal_error": Refusal(
        500, N_("Something went wrong on our side"), N_("Try again; if it persists, write to us.")
    ),
    "unavailable": Refusal(
        503, N_("Part of the site is away"), N_("Nothing is lost. Try again in a few seconds.")
    ),
    "provider_away": Refusal(
        503,
        N_("Your organization’s sign-in does not answer"),
        N_("Try again in a minute, or have a code sent to your address."),
    ),
    "deadline_exceeded": Refusal(504, N_("The answer took too long"), _SOON),
}

_GENERAL = {refusal.status: code for code, refusal in reversed(REFUSALS.items())}


def documented(status: int, code: str) -> str:
    """The code under which `code` is explained: itself, or the general one of its status."""
    return code if code in REFUSALS else _GENERAL.get(status, "internal_error")
