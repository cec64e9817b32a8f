"""A small corpus for the search engines' contract, and who looks at it."""

import datetime
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from services.search.contracts import Search, SearchResults
from services.search.domain import Entry, Removal, Words
from services.search.engine import SearchEngine
from services.search.matching.documents import document

TODAY = datetime.date(2026, 11, 23)
REAL_PROGRAMS = (
    Path(os.environ.get("NEXUS_TEST_DATA", Path(__file__).parents[2] / "../shared/data")) / "aid-programs-fr"
)


def entry(id: str, fr: str | None = None, en: str | None = None, **fields: Any) -> Entry:
    """An entry titled `fr` and `en`; texts in `fields` are of the form ("français", "English")."""
    words = {
        name: Words(fr=fields.pop(name, (None, None))[0], en=value[1])
        for name, value in list(fields.items())
        if name in ("lead", "body", "keywords", "provider")
    }
    given = {
        "revision": 1,
        "slug": Words(fr=f"{id}-fr" if fr else None, en=f"{id}-en" if en else None),
        "date": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
        **words,
        **fields,
    }
    return Entry(type="program", id=id, title=Words(fr=fr, en=en), **given)


def day(number: int) -> datetime.datetime:
    return datetime.datetime(2026, 1, number, tzinfo=datetime.UTC)


EMPLOI = ("Emploi-Québec", "Employment Québec")
IMMIGRATION = ("Ministère de l’Immigration", "Ministry of Immigration")

CORPUS = [
    entry(
        "pps",
        "Subvention salariale pour l’embauche",
        "Wage subsidy for hiring",
        lead=(
            "Une part du salaire d’un nouvel employé est remboursée.",
            "Part of a new employee's pay is refunded.",
        ),
        body=("Le programme vise la première expérience de travail.", "The program aims at a first job."),
        provider=EMPLOI,
        kind="subsidy",
        themes=("hiring",),
        languages=("fr", "en"),
        date=day(10),
    ),
    entry(
        "francisation",
        "Francisation en entreprise",
        "French classes at work",
        lead=("Des cours de français pour vos employés.", "A teacher comes to your workplace."),
        body=("Les travailleurs immigrants apprennent sur place.", "Immigrant workers learn on site."),
        provider=IMMIGRATION,
        kind="service",
        themes=("francisation", "training"),
        languages=("fr",),
        date=day(9),
    ),
    entry(
        "rac",
        "Reconnaissance des acquis et des compétences",
        "Recognition of prior learning",
        lead=(
            "Un diplôme d’ici pour l’expérience d’ailleurs.",
            "A local diploma for experience from elsewhere.",
        ),
        provider=EMPLOI,
        kind="service",
        themes=("recognition",),
        languages=("fr", "en"),
        date=day(8),
    ),
    entry(
        "eimt",
        "Étude d’impact sur le marché du travail",
        "Labour market impact assessment",
        lead=("À demander avant d’engager à l’étranger.", "To be asked for before hiring abroad."),
        keywords=("EIMT permis de travail", "LMIA work permit"),
        provider=("Service Canada", "Service Canada"),
        kind="procedure",
        themes=("immigration",),
        languages=("fr", "en"),
        date=day(7),
    ),
    entry(
        "mentorat",
        "Mentorat interculturel",
        lead=("Une personne d’expérience accompagne la recrue.", None),
        provider=("Chambre de commerce", None),
        kind="service",
        themes=("integration",),
        languages=("fr",),
        date=day(6),
    ),
    entry(
        "newcomers",
        None,
        "Newcomer talent fair",
        lead=(None, "Meet candidates on one day."),
        provider=(None, "Board of Trade"),
        kind="event",
        themes=("hiring",),
        languages=("en",),
        date=day(5),
    ),
    entry(
        "stage-aero",
        "Stages en aérospatiale",
        "Aerospace internships",
        body=(
            "Des étudiants dans votre atelier, avec une subvention.",
            "Students in your workshop, with a grant.",
        ),
        provider=("Aéro Montréal", "Aéro Montréal"),
        kind="subsidy",
        themes=("hiring", "training"),
        sectors=("aero",),
        languages=("fr", "en"),
        date=day(4),
    ),
    entry(
        "formation-ti",
        "Formation de courte durée en technologies",
        "Short training in technology",
        lead=("Pour les spécialistes du logiciel.", "For software specialists."),
        keywords=("TIC sécurité informatique", "ICT security"),
        provider=("TECHNOCompétences", "TECHNOCompétences"),
        kind="subsidy",
        themes=("training",),
        sectors=("tic",),
        languages=("fr",),
        date=day(3),
    ),
    entry(
        "pme",
        "Accompagnement des petites entreprises",
        "Support for small businesses",
        lead=("Un conseiller visite les PME de Montréal.", "An advisor visits companies of Montréal."),
        provider=("Ville de Montréal", "City of Montréal"),
        kind="service",
        themes=("diversity",),
        sectors=("tic", "svts"),
        languages=("fr", "en"),
        date=day(2),
    ),
    entry(
        "markup",
        "Guide <script>alert('x')</script> & accueil",
        "Guide & welcome",
        lead=('Un "guide" <b>gratuit</b> & <img src=x onerror=alert(1)> à lire', 'A "free" <b>guide</b>'),
        kind="guide",
        themes=("integration",),
        languages=("fr",),
        date=day(1),
    ),
    entry(
        "last-day", "Concours d’affiches du dernier jour", themes=("diversity",), expires=TODAY, date=day(1)
    ),
    entry(
        "expired",
        "Concours d’affiches de la veille",
        themes=("diversity",),
        expires=TODAY - datetime.timedelta(days=1),
        date=day(1),
    ),
]


def ids(results: SearchResults) -> list[str]:
    return [hit.id for hit in results.items]


def search(engine: SearchEngine, q: str = "", *, shown_by: str | None = None, **fields: Any) -> SearchResults:
    return engine.search(Search(q=q, **fields), shown_by, TODAY)


def counts(results: SearchResults, facet: Any) -> dict[str, int]:
    return {each.value: each.count for each in results.facets[facet]}


def real_programs() -> Iterator[Entry]:
    """The public aid programs for companies that lie beside the repository; none if they don't."""
    for number, path in enumerate(sorted(REAL_PROGRAMS.glob("*.yaml"))):
        read = yaml.safe_load(path.read_text())
        yield Entry(
            type="program",
            id=path.stem,
            revision=1,
            slug=Words(fr=path.stem),
            title=Words(fr=read["titre"]),
            lead=Words(fr=read.get("promesse")),
            body=Words(fr=str(read.get("description") or "")),
            provider=Words(fr=read.get("opérateur de contact")),
            kind=read.get("nature de l'aide"),
            date=day(1 + number % 28),
        )


def ignore(done: int) -> None:
    """Nobody watches the progress."""


def put(engine: SearchEngine, entries: Sequence[Entry], removals: Sequence[Removal]) -> None:
    """Write what `entries` and `removals` become."""
    engine.write([document(change) for change in (*entries, *removals)])


def rebuild(
    engine: SearchEngine, batches: Iterable[Sequence[Entry]], progress: Callable[[int], object]
) -> None:
    """Rebuild from what the entries of `batches` become."""
    engine.rebuild(([document(one) for one in batch] for batch in batches), progress)


def fill(engine: SearchEngine, *titles: str) -> None:
    put(engine, [entry(f"e{number}", title) for number, title in enumerate(titles)], [])
