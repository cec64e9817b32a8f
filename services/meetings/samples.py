"""Sample types and one made-up advisor a sector, so that a platform that is tried has something to book."""

from datetime import date, time

from nexus.bus import Bus
from nexus.caller import Caller
from services.meetings.contracts.availability import AvailabilityContent, ListAdvisors, Rule, SaveAvailability
from services.meetings.contracts.types import ListMeetingTypes, Question, SaveMeetingType, TypeContent
from services.meetings.contracts.words import BothLines, BothTexts

SECTORS = ("tic", "svts", "aero")
_SINCE = date(2026, 1, 5)
_THEMES = ("hiring", "training", "francization", "immigration", "recognition", "integration", "diversity")
_TYPES = (
    TypeContent(
        name=BothLines(fr="Premier échange", en="First conversation"),
        lead=BothTexts(
            fr="Une demi-heure pour faire le point sur votre situation et trouver par où commencer.",
            en="Half an hour to look at your situation and find where to begin.",
        ),
        minutes=30,
        step=30,
        after=10,
        places=("video", "phone"),
    ),
    TypeContent(
        name=BothLines(fr="Rencontre individualisée", en="Individual meeting"),
        lead=BothTexts(
            fr="Une heure avec une conseillère ou un conseiller\xa0: vos postes, les programmes qui conviennent, "
            "les prochaines étapes.",
            en="One hour with an advisor: your jobs, the programs that fit, the next steps.",
        ),
        minutes=60,
        step=30,
        after=15,
        places=("video", "partner_office", "company_premises"),
        questions=(
            Question(
                text=BothLines(
                    fr="Quels postes voulez-vous pourvoir\xa0?", en="Which jobs do you want to fill?"
                )
            ),
        ),
        documents=BothTexts(
            fr="Une offre d’emploi récente, si vous en avez une.", en="A recent job posting, if you have one."
        ),
    ),
)


async def bring_samples(bus: Bus, caller: Caller) -> int:
    """The types and an advisor of each sector, if there is none at all; how many things were brought in."""
    if (await bus.call(ListMeetingTypes(every=True), caller)).items:
        return 0
    if (await bus.call(ListAdvisors(), caller)).items:
        return 0
    for sector in SECTORS:
        for content in _TYPES:
            await bus.call(SaveMeetingType(content=content, sector=sector), caller)
        await bus.call(
            SaveAvailability(content=_advisor(sector), advisor=f"exemple-{sector}", sector=sector), caller
        )
    return len(SECTORS) * (len(_TYPES) + 1)


def _advisor(sector: str) -> AvailabilityContent:
    """Plainly nobody: an administrator replaces it by real people."""
    return AvailabilityContent(
        name="Personne fictive (exemple)",
        presentation=f"Exemple, secteur {sector}. / Example, sector {sector}.",
        languages=("fr", "en"),
        expertise=_THEMES,
        office="Adresse d’exemple, Montréal",
        daily_maximum=4,
        rules=(
            _rule("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", time(9), time(12)),
            _rule("FREQ=WEEKLY;BYDAY=TU,TH", time(13), time(16, 30)),
        ),
    )


def _rule(rrule: str, opens: time, closes: time) -> Rule:
    return Rule(rrule=rrule, since=_SINCE, opens=opens, closes=closes)
