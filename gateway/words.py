"""The names of kinds, themes and the like, as messages to translate."""

from gettext import NullTranslations


def N_(text: str) -> str:
    """Marks a text for translation."""
    return text


KINDS = {
    "wage_subsidy": N_("Wage subsidy"),
    "grant": N_("Grant"),
    "loan": N_("Loan"),
    "tax_credit": N_("Tax credit"),
    "training": N_("Training"),
    "coaching": N_("Coaching"),
    "guidance": N_("Guidance"),
    "recognition": N_("Recognition of skills"),
    "recruitment": N_("Recruitment"),
    "immigration": N_("Immigration"),
    "obligation": N_("Obligation"),
}
THEMES = {
    "hiring": N_("Hire"),
    "training": N_("Train"),
    "francization": N_("Learn French at work"),
    "immigration": N_("Understand immigration"),
    "recognition": N_("Have skills recognized"),
    "integration": N_("Welcome and keep"),
    "diversity": N_("Manage diversity"),
}
THEME_LEADS = {
    "hiring": N_("Find candidates, and help with the first wages"),
    "training": N_("Build the skills that your team lacks"),
    "francization": N_("Courses for your staff, and your duties under the Charter"),
    "immigration": N_("Permits, assessments, and who does what"),
    "recognition": N_("Know what a foreign diploma or experience is worth"),
    "integration": N_("Prepare the arrival, and make it last"),
    "diversity": N_("Fair practices, and equal access"),
}
ENTRY_TYPES = {
    "program": N_("Program"),
    "document": N_("Document"),
    "post": N_("Blog"),
    "activity": N_("Activity"),
}
READINGS = {  # why there is no text of a file, of `services.content.contracts.files.Reading`
    "empty": N_("It holds no text that can be searched: it may be scanned pictures."),
    "encrypted": N_("It is protected by a password: its text could not be read."),
    "damaged": N_("It seems damaged: its text could not be read, and it may not open."),
    "too_large": N_("It is too large to be read whole: the search finds it by its title."),
    "too_slow": N_("Reading it took too long: the search finds it by its title."),
    "unsupported": N_("Its text cannot be read here: the search finds it by its title."),
}
MEDIA_TYPES = {
    "application/pdf": "PDF",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PowerPoint",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
    "application/vnd.oasis.opendocument.text": "OpenDocument",
    "text/html": "HTML",
    "text/markdown": "Markdown",
    "text/plain": N_("Text"),
}
ROLES = {
    "member": N_("Member of a company"),
    "advisor": N_("Advisor"),
    "editor": N_("Editor"),
    "coordinator": N_("Coordinator"),
    "admin": N_("Administrator"),
}
ROLE_LEADS = {
    "member": N_("works for a company"),
    "advisor": N_("meets companies"),
    "editor": N_("writes and publishes"),
    "coordinator": N_("follows the common goal"),
    "admin": N_("invites people and sets the site up"),
}
SCOPES = {  # of keys
    "programs:write": N_("Programs"),
    "documents:write": N_("Documents"),
    "posts:write": N_("Posts of the blog"),
    "meetings:write": N_("Meetings of the sector, their types and documents, and availability"),
    "cases:write": N_("Companies and their case files"),
    "goal:read": N_("Figures of the goal, to read"),
    "webhooks:write": N_("Webhooks of the sector, and what became of what they were sent"),
}
ITEM_KINDS = {
    "program": N_("Program"),
    "document": N_("Document"),
    "post": N_("Post"),
    "activity": N_("Activity"),
    "page": N_("Page"),
    "partner": N_("Partner"),
}
FIELD_NAMES = {  # parts of contents that stand below another one, as a history names them
    "fr": N_("French"),
    "en": N_("English"),
    "text": N_("What to do"),
    "url": N_("Link"),
    "label": N_("Words of the link"),
    "name": N_("Name"),
    "phone": N_("Phone"),
    "email": N_("E-mail address"),
    "to_check": N_("Depends on the case"),
    "other": N_("Other conditions"),
    "notes": N_("Notes on the choices above"),
    "company_sizes": N_("Size of the company"),
    "regions": N_("Region"),
    "alt": N_("What the picture shows"),
    "seats": N_("Places"),
    "closes_at": N_("Registration closes"),
}
COLOURS = {
    "accent": N_("Accent"),
    "on_accent": N_("Text on the accent"),
    "accent_dark": N_("Accent on dark"),
}
LINK_OUTCOMES = {  # of `services.content.contracts.links.Outcome`
    "gone": N_("The page is gone."),
    "refused": N_("The site answers with an error."),
    "no_host": N_("There is no site of this name."),
    "no_answer": N_("The site does not answer."),
    "certificate": N_("Its certificate is not right: browsers warn of it."),
    "private": N_("It leads into a private network, which readers cannot reach."),
    "redirects": N_("It leads from page to page without an end."),
    "no_address": N_("It is no web address."),
}
OUTCOMES = {  # what an import did with a row, or would do
    "created": N_("New"),
    "updated": N_("Changed"),
    "unchanged": N_("Unchanged"),
    "refused": N_("Refused"),
}
IMPORT_STATES = {
    "reading": N_("Being read"),
    "ready": N_("To be looked at"),
    "importing": N_("Under way"),
    "done": N_("Done"),
    "failed": N_("Failed"),
}
MAPPINGS = {
    "nexus": N_("As exported from here"),
    "hsds3": N_("HSDS 3 (open directories of services)"),
    "hsds3-nexus": N_("HSDS 3, written by Emploi NEXUS"),
    "aid-programs-fr": N_("Public aid programs of France, in YAML"),
}
PLACES = {  # in a file
    "line": N_("line %(number)s"),
    "row": N_("row %(number)s"),
    "item": N_("item %(number)s"),
    "document": N_("document %(number)s"),
}
ROW_FAULTS = {
    "row_repeated": N_("Another row of this file is about the same."),
    "external_id_repeated": N_("Another row of this file is about the same."),
    "stale_revision": N_("Somebody changed it since it was exported. Export it again, and edit that."),
    "revision_missing": N_("The row names an id, but not the revision that was edited."),
    "sector_forbidden": N_("You may share this with your own sector, or with all."),
    "slug_taken": N_("Another one has this address already. Choose another."),
    "file_not_found": N_("A file that this names is not there any more. Upload it again."),
    "cover_not_a_picture": N_("The cover must be a picture: PNG, JPEG or WebP."),
    "not_found": N_("Nothing in your sector has this id."),
}
READING_FAULTS = {
    "file_unreadable": N_("The file cannot be read."),
    "file_empty": N_("The file is empty."),
    "file_too_large": N_("The file has more than %(megabytes)s MB. Split it into smaller ones."),
    "not_text": N_(
        "This is no %(encoding)s text. Save the file as UTF-8, or name its encoding in the mapping."
    ),
    "not_json": N_("This is no JSON from column %(column)s on."),
    "not_yaml": N_("This is no YAML from here on."),
    "value_unreadable": N_("A value only looks like a date or a number. Put it between quotation marks."),
    "alias_inside_itself": N_("The alias *%(anchor)s stands inside of what it stands for."),
    "too_many_values": N_(
        "The file has more than %(values)s values or %(levels)s levels. Split it into smaller ones."
    ),
    "key_repeated": N_("“%(key)s” stands here twice."),
    "records_not_found": N_("The mapping expects the records at %(expressions)s, where there is nothing."),
    "csv_broken": N_("The table is broken from here on. Look for a quotation mark without its partner."),
    "no_workbook": N_(
        "This is no Excel workbook. Open it, remove its password if it has one, and save it as .xlsx."
    ),
    "workbook_damaged": N_("The workbook is damaged. Open it, and save it anew."),
    "workbook_too_large": N_(
        "The workbook has more than %(megabytes)s MB once unpacked. Split it into smaller ones."
    ),
    "sheet_unknown": N_("There is no sheet “%(sheet)s”. The sheets are: %(sheets)s."),
    "too_many_rows": N_("The table has more than %(rows)s rows. Split it into smaller ones."),
    "header_missing": N_("The names of the columns are expected in row %(row)s, which is not there."),
    "header_empty": N_("The row of the column names is empty."),
    "column_repeated": N_("Two columns are named “%(column)s”."),
    "cells_without_column": N_(
        "The row has %(cells)s cells under %(columns)s columns. Look at its quotation marks and separators."
    ),
    "spreadsheet_error": N_("The column “%(column)s” holds the error %(error)s."),
    "joined_unreadable": N_("The file “%(file)s”, which belongs to it, cannot be read."),
    "not_an_object": N_("This is no record with named fields. Look at “rows” in the mapping."),
    "no_identifier": N_("It has no identifier by which it could be known next time."),
    "expression_failed": N_("“%(expression)s” of the mapping does not work on it."),
    "text_expected": N_("A single text is expected here, not a list or several fields."),
    "list_expected": N_("“%(expression)s” of the mapping gives no list here."),
    "object_expected": N_("“%(expression)s” of the mapping does not give a program with named fields."),
    "value_in_the_way": N_("“%(name)s” has a value of its own: nothing can be put into it."),
    "not_in_table": N_("“%(value)s” is not in the mapping’s table. It knows: %(known)s."),
    "not_a_date": N_("“%(value)s” is no date. It is written like this: %(formats)s."),
}
MAPPING_FAULTS = {
    "mapping_not_readable": N_("This is no text in UTF-8. Save the mapping as UTF-8."),
    "mapping_not_toml": N_("This is no TOML from line %(line)s, column %(column)s on."),
    "mapping_key_unknown": N_("“%(name)s” is unknown here. Known are: %(known)s."),
    "mapping_key_missing": N_("It is needed."),
    "mapping_not_an_expression": N_(
        "“%(text)s” is no JMESPath expression. "
        "Names with spaces, accents or apostrophes stand in double quotation marks."
    ),
    "mapping_not_a_pattern": N_("“%(text)s” is no regular expression."),
    "mapping_not_a_date_format": N_(
        "“%(text)s” is no form of a date. Write YYYY, MM and DD once each, as DD/MM/YYYY."
    ),
    "mapping_not_a_template": N_(
        "“%(text)s” is no template. Write simple names in braces, as {cost} ({duration})."
    ),
    "mapping_encoding_unknown": N_("The encoding “%(text)s” is unknown. Usual ones: utf-8, cp1252, latin-1."),
    "mapping_not_one_origin": N_("A rule has exactly one of these: %(origins)s."),
    "mapping_each_without_fields": N_(
        "“each” and “fields” belong together: a list, and the rules for its items."
    ),
    "mapping_using_without_template": N_("“using” belongs to “template”: it says what its names stand for."),
    "mapping_field_unknown": N_("A program has no field “%(name)s”. It has: %(known)s."),
    "mapping_not_a_list_of_objects": N_("“each” and “fields” are only for “steps”."),
    "mapping_fields_missing": N_("Every program needs a rule for: %(names)s."),
    "mapping_language_missing": N_(
        "The language is missing. Give “language” (fr or en), or write %(name)s.fr."
    ),
    "mapping_table_unknown": N_("There is no table “%(name)s”. The tables are: %(known)s."),
}
MEANT = N_("Did you mean “%(close)s”?")
IMPORT_ERRORS = {
    "import_format_unknown": N_("This is no Excel (.xlsx), CSV, JSON or YAML file, nor a ZIP of such files."),
    "import_archive_unreadable": N_("The ZIP is damaged, or has a password. Pack its files anew."),
    "import_archive_too_large": N_(
        "The ZIP holds too much: at most 500 files, of 10 MB each, 100 MB together."
    ),
    "import_too_many_rows": N_("The file has more than 5,000 rows. Split it into smaller ones."),
    "import_too_slow": N_("Reading the file took too long. Split it, or make the mapping simpler."),
    "import_unreadable": N_("The file could not be read: it is damaged, or too large once unpacked."),
    "import_died": N_("It stopped several times on the way. What went in stays; try the rest again."),
    "mapping_invalid": N_("The mapping has faults:"),
    "file_not_found": N_("The file is not there any more. Upload it again."),
    "internal_error": N_("Something went wrong on our side. What went in stays; try the rest again."),
}
MEETING_PLACES = {
    "partner_office": N_("At our office"),
    "company_premises": N_("At your company"),
    "phone": N_("By phone"),
    "video": N_("By video"),
}
AUDIENCES = {
    "public": N_("Everybody: it is listed on the site"),
    "invited": N_("Who has its address"),
    "staff": N_("Only us, for somebody who calls"),
}
MEETING_STATES = {
    "requested": N_("Held for ten minutes"),
    "confirmed": N_("Confirmed"),
    "held": N_("Took place"),
    "no_show": N_("The company did not come"),
    "cancelled_by_company": N_("Cancelled by the company"),
    "cancelled_by_us": N_("Cancelled by us"),
}
MEETING_STEPS = {
    "requested": N_("Requested"),
    "confirmed": N_("Confirmed"),
    "moved": N_("Moved"),
    "held": N_("Took place"),
    "no_show": N_("The company did not come"),
    "cancelled": N_("Cancelled"),
    "accepted": N_("Its calendar accepted the invitation"),
    "declined": N_("Its calendar declined the invitation"),
    "tentative": N_("Its calendar accepted the invitation, not for sure"),
}
CASE_STATES = {"open": N_("Under way"), "closed": N_("Closed")}
CLOSINGS = {
    "helped": N_("Helped"),
    "helped_without_program": N_("Helped without a program"),
    "not_reachable": N_("Not reachable"),
    "not_our_field": N_("Not our field"),
}
CASE_STEPS = {
    "opened": N_("Case opened"),
    "came_by_referral": N_("Case opened: another sector handed it over"),
    "need_saved": N_("Need written down"),
    "noted": N_("Notes written"),
    "recommended": N_("Recommendations changed"),
    "planned": N_("Plan changed"),
    "plan_sent": N_("Plan sent to the company"),
    "ticked": N_("Steps of the plan ticked"),
    "task_added": N_("Task added"),
    "task_done": N_("Task done"),
    "task_opened": N_("Task to be done after all"),
    "assigned": N_("Somebody else in charge"),
    "closed_helped": N_("Case closed: helped"),
    "closed_helped_without_program": N_("Case closed: helped without a program"),
    "closed_not_reachable": N_("Case closed: company not reachable"),
    "closed_not_our_field": N_("Case closed: not our field"),
    "reopened": N_("Case opened again"),
    "consented": N_("Company agreed to be handed over"),
    "referred": N_("Handed to another sector"),
    "referral_accepted": N_("The other sector took it"),
    "referral_declined": N_("The other sector declined"),
    "referral_escalated": N_("No answer of the other sector in five days"),
    "erased": N_("Personal data removed"),
    "asked_feedback": N_("Company asked whether the meeting was useful"),
    "asked_outcome": N_("Company asked what came of it"),
    "answered_feedback": N_("Company said whether the meeting was useful"),
    "answered_outcome": N_("Company said what came of it"),
}
USEFUL = {
    "1": N_("1: not at all"),
    "2": N_("2: a little"),
    "3": N_("3: fairly"),
    "4": N_("4: well"),
    "5": N_("5: very much"),
}
REGISTRATION_STATES = {
    "registered": N_("Has a place"),
    "waiting": N_("Waiting list"),
    "left": N_("Given up"),
    "called_off": N_("Cancelled"),
}
ACTIVITY_KINDS = {
    "training": N_("Training"),
    "conference": N_("Conference"),
    "job_forum": N_("Job forum"),
    "job_fair": N_("Job fair"),
}
SIZES = {
    "1-4": N_("1 to 4 employees"),
    "5-24": N_("5 to 24 employees"),
    "25-49": N_("25 to 49 employees"),
    "50-99": N_("50 to 99 employees"),
    "100-249": N_("100 to 249 employees"),
    "250-499": N_("250 to 499 employees"),
    "500+": N_("500 employees or more"),
}
STATUSES = {
    "citizen": N_("Canadian citizen"),
    "permanent_resident": N_("Permanent resident"),
    "protected_person": N_("Refugee or protected person"),
    "asylum_seeker": N_("Asylum seeker"),
    "temporary_worker": N_("Temporary worker"),
    "international_student": N_("International student"),
    "abroad": N_("Candidate still abroad"),
}
STATES = {"draft": N_("Draft"), "published": N_("Published"), "retired": N_("Withdrawn")}
LANGUAGES = {"fr": N_("French"), "en": N_("English")}
FACETS = {
    "type": N_("What it is"),
    "theme": N_("Need"),
    "kind": N_("Kind of help"),
    "sector": N_("Sector"),
    "provider": N_("Provider"),
    "language": N_("Language of service"),
}
REGIONS = {  # Québec's administrative regions; their names are not translated
    "01": "Bas-Saint-Laurent",
    "02": "Saguenay–Lac-Saint-Jean",
    "03": "Capitale-Nationale",
    "04": "Mauricie",
    "05": "Estrie",
    "06": "Montréal",
    "07": "Outaouais",
    "08": "Abitibi-Témiscamingue",
    "09": "Côte-Nord",
    "10": "Nord-du-Québec",
    "11": "Gaspésie–Îles-de-la-Madeleine",
    "12": "Chaudière-Appalaches",
    "13": "Laval",
    "14": "Lanaudière",
    "15": "Laurentides",
    "16": "Montérégie",
    "17": "Centre-du-Québec",
}

FREQUENCIES = {"daily": N_("Every morning at most"), "weekly": N_("On Mondays at most")}
ZONES = {  # of people in Canada; each named by where it is known
    "America/St_Johns": N_("Newfoundland"),
    "America/Halifax": N_("Atlantic"),
    "America/Toronto": N_("Eastern (Montréal)"),
    "America/Winnipeg": N_("Central"),
    "America/Edmonton": N_("Mountain"),
    "America/Vancouver": N_("Pacific"),
}
PURPOSES = {  # for what somebody can agree to be written to
    "digest": N_("New programs and activities"),
    "follow_up": N_("Questions after a meeting"),
}

BASES = {  # on which ground somebody was written to
    "express": N_("With their express consent"),
    "implied": N_("With implied consent, since they met us"),
    "transactional": N_("Transactional: part of what they asked for"),
}
ALWAYS_COMES = {  # what cannot be refused, kind by kind, as who gets it is told it
    "code": N_("the code or the link with which you sign in;"),
    "invitation": N_("the invitation that one of us, or of your company, sends you;"),
    "subscription": N_("the mail that asks whether you want to subscribe;"),
    "result": N_("your result of “what fits us”, when you have it sent;"),
    "meeting": N_("what becomes of a meeting that you book: that it is booked, moved or cancelled, and reminders;"),
    "meeting_text": N_("the text message before it, if you asked for one;"),
    "activity": N_("what becomes of your registration for an activity, reminders, and a word of thanks after it;"),
    "offer": N_("a time that got free, if you are on the waiting list;"),
    "calendar": N_("the address of the calendar of your meetings, when you ask for it;"),
    "follow_up": N_("the plan that we agreed on;"),
    "verification_due": N_("if you look after texts of this site: which of them must be verified again;"),
    "personal_data": N_("what concerns your request for your personal data."),
}  # fmt: skip


def named(names: dict[str, str], value: str, words: NullTranslations) -> str:
    """The name of `value` in the language of `words`; the value itself if it has none."""
    return words.gettext(names[value]) if value in names else value
