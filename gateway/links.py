"""The addresses of pages: one place for their words in each language."""

from urllib.parse import quote

from gateway.sectors import Language

PROGRAMS = {"fr": "programmes", "en": "programs"}
SEARCH = {"fr": "recherche", "en": "search"}
FIND = {"fr": "trouver", "en": "find"}
RECEIVE = {"fr": "recevoir", "en": "receive"}  # a result of FIND, by mail
PROBLEMS = {"fr": "problemes", "en": "problems"}
DOCUMENTS = {"fr": "boite-a-outils", "en": "toolbox"}
OPEN = {"fr": "ouvrir", "en": "open"}  # below the page of a document
BLOG = {"fr": "blogue", "en": "blog"}
ACTIVITIES = {"fr": "activites", "en": "activities"}
PARTNERS = {"fr": "partenaires", "en": "partners"}
PAGES = {"fr": "pages", "en": "pages"}
PREVIEWS = {"fr": "apercu", "en": "preview"}
MAILS = {"fr": "courriels", "en": "mail"}
SIGN_IN = {"fr": "connexion", "en": "sign-in"}
SIGN_IN_LINK = {"fr": "connexion/lien", "en": "sign-in/link"}  # mails have it
SIGN_IN_PASSKEY = {"fr": "connexion/cle", "en": "sign-in/passkey"}
SIGN_OUT = {"fr": "deconnexion", "en": "sign-out"}
STILL_CORRECT = {"fr": "toujours-exact", "en": "still-correct"}  # mails have it
ACCOUNT = {"fr": "compte", "en": "account"}
MEET = {"fr": "rencontrer", "en": "meet"}  # to book a meeting
AGENDA = "/meetings"  # below the back office
CALENDAR = "/calendars/{token}.ics"
MEETING = {"fr": "rencontre", "en": "meeting"}  # one that is booked, by its link
PLAN = {"fr": "plan", "en": "plan"}  # of a company, by its link; mails have it
FOLLOW_UP = {"fr": "suivi", "en": "follow-up"}  # what a company is asked later, by its link; mails have it
REGISTRATIONS = "/registrations"  # for activities, below the back office
CASES = "/cases"  # below the back office
COMPANIES = "/companies"
COMPANY_CALENDAR = {"fr": "calendrier", "en": "calendar"}  # of all meetings of an address; mails have it
COMPANY_FEED = "/calendars/company/{token}.ics"
WAITING = {"fr": "attente", "en": "waiting"}  # a place on the waiting list, by its link
REGISTRATION = {"fr": "inscription", "en": "registration"}  # for an activity, by its link; mails have it
MY_DATA = {"fr": "mes-renseignements", "en": "my-data"}
DATA_REQUEST = {"fr": "mes-renseignements/demande", "en": "my-data/request"}  # mails have it
SUBSCRIPTION = {"fr": "abonnement", "en": "subscription"}  # mails have it and the next two
PREFERENCES = {"fr": "preferences", "en": "preferences"}
UNSUBSCRIBE = {"fr": "desabonnement", "en": "unsubscribe"}
ADMIN = {"fr": "admin", "en": "admin"}
NEEDS = {"fr": "besoins", "en": "needs"}
THEME_SLUGS = {
    "hiring": {"fr": "embaucher", "en": "hire"},
    "training": {"fr": "former", "en": "train"},
    "francization": {"fr": "franciser", "en": "learn-french"},
    "immigration": {"fr": "comprendre-l-immigration", "en": "understand-immigration"},
    "recognition": {"fr": "faire-reconnaitre-les-acquis", "en": "have-skills-recognized"},
    "integration": {"fr": "accueillir-et-garder", "en": "welcome-and-keep"},
    "diversity": {"fr": "gerer-la-diversite", "en": "manage-diversity"},
}
KNOWN_PAGES = {  # those that every site has, under the slugs of the sample content
    "about": {"fr": "a-propos", "en": "about"},
    "accessibility": {"fr": "accessibilite", "en": "accessibility"},
    "privacy": {"fr": "vie-privee", "en": "privacy"},
}
_ENTRIES = {"program": PROGRAMS, "document": DOCUMENTS, "post": BLOG, "activity": ACTIVITIES}


def entry_path(language: Language, kind: str, slug: str) -> str:
    """The page of something that search finds; `kind` is its EntryType."""
    return f"/{language}/{_ENTRIES[kind][language]}/{slug}"


def passage_path(language: Language, slug: str, file_language: Language, page: int | None) -> str:
    """Leads to the file of a document in `file_language`, opened at `page` where that can be."""
    at = f"&page={page}" if page else ""
    return f"{entry_path(language, 'document', slug)}/{OPEN[language]}?file={file_language}{at}"


def file_path(sha256: str, name: str | None = None) -> str:
    """A stored file, saved under `name`."""
    return f"/files/{sha256}" + (f"/{quote(name, safe='')}" if name else "")


def need_path(language: Language, theme: str) -> str:
    """The page that gathers all there is on a theme."""
    return f"/{language}/{NEEDS[language]}/{THEME_SLUGS[theme][language]}"


def page_path(language: Language, slug: str) -> str:
    """A page that stands by itself."""
    return f"/{language}/{PAGES[language]}/{slug}"


def known_page_path(language: Language, name: str) -> str:
    """The page `about`, `accessibility` or `privacy`."""
    return page_path(language, KNOWN_PAGES[name][language])


DEVELOPERS = {"fr": "developpeurs", "en": "developers"}


def program_url(base_url: str, language: Language, slug: str) -> str:
    """The page of a program."""
    return f"{base_url}/{language}/{PROGRAMS[language]}/{slug}"


def problem_url(base_url: str, code: str) -> str:
    """What a refusal's code means, in the reader's language. Programs compare it: it never changes."""
    return f"{base_url}/problems/{code}"
