"""The seven questions of "find what fits us", their answers in words, and whom a program is for in the same words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from gettext import NullTranslations

from gateway import words
from gateway.words import N_
from services.content.contracts import Criterion, Eligibility

ACTIVITIES = {
    "ict": N_("Software, IT, video games, telecommunications"),
    "life_sciences": N_("Life sciences and health technologies"),
    "aerospace": N_("Aerospace"),
    "manufacturing": N_("Other manufacturing"),
    "clean_technology": N_("Clean technologies, energy, environment"),
    "agri_food": N_("Farming and food"),
    "construction": N_("Construction"),
    "transport": N_("Transport and warehousing"),
    "trade_hospitality": N_("Shops, hotels, restaurants"),
    "health_education": N_("Health, social services, education"),
    "finance": N_("Finance and insurance"),
    "services": N_("Other services"),
}
ORGANIZATIONS = {
    "company": N_("Private company"),
    "social_economy": N_("Co-operative or social economy enterprise"),
    "non_profit": N_("Non-profit organization or association"),
    "local_public": N_("Municipality, band council, school or health institution"),
    "government": N_("Ministry or government agency"),
}
FRENCH = {
    "to_learn": N_("Yes, French is still to be learnt"),
    "spoken": N_("No, French is spoken well enough"),
}
JOBS = {
    "regulated": N_("A profession or trade that a professional order governs"),
    "technology": N_("A specialist in technology or engineering"),
    "trade": N_("A trade learnt on the job"),
    "internship": N_("An internship for a student"),
    "first_in_field": N_("A lasting first job here, in the field of a person out of work or overqualified"),
    "current_employee": N_("Somebody who already works for us"),
    "other": N_("Another job"),
}


@dataclass(frozen=True)
class Question:
    """One of the seven. `parameter` is its name in addresses, `field` its name among the answers."""

    criterion: Criterion
    parameter: str
    field: str
    legend: str
    label: str
    names: Mapping[str, str]
    many: bool = False


QUESTIONS: tuple[Question, ...] = (
    Question(
        Criterion.SIZE,
        "size",
        "company_sizes",
        N_("How many people work for you?"),
        N_("Size of the company"),
        words.SIZES,
    ),
    Question(
        Criterion.ACTIVITY,
        "activity",
        "activity_groups",
        N_("What does your company do?"),
        N_("Activity"),
        ACTIVITIES,
    ),
    Question(
        Criterion.ORGANIZATION,
        "organization",
        "organizations",
        N_("What sort of organization are you?"),
        N_("Organization"),
        ORGANIZATIONS,
    ),
    Question(
        Criterion.REGION, "region", "regions", N_("In which region is the job?"), N_("Region"), words.REGIONS
    ),
    Question(
        Criterion.STATUS,
        "status",
        "candidate_statuses",
        N_("What is the candidate’s status in Canada?"),
        N_("Candidate’s status"),
        words.STATUSES,
        many=True,
    ),
    Question(
        Criterion.FRENCH,
        "french",
        "french",
        N_("Does somebody need to learn French for the job?"),
        N_("French"),
        FRENCH,
    ),
    Question(Criterion.JOB, "job", "jobs", N_("What is the job?"), N_("Job"), JOBS, many=True),
)
BY_PARAMETER = {question.parameter: question for question in QUESTIONS}
BY_CRITERION = {question.criterion: question for question in QUESTIONS}


def criteria(asked: Eligibility, catalogue: NullTranslations) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """For whom a program is, told from its typed criteria: each label with the values that fit or depend."""
    told = []
    depends = catalogue.gettext(N_("%(value)s (to check)"))
    for question in QUESTIONS:
        fits = names_of(question, getattr(asked, question.field), catalogue)
        check = names_of(question, getattr(asked.to_check, question.field), catalogue)
        values = (*fits, *(depends % {"value": one} for one in check))
        if values:
            told.append((catalogue.gettext(question.label), values))
    return tuple(told)


def names_of(question: Question, values: Sequence[str], catalogue: NullTranslations) -> tuple[str, ...]:
    """What `values` of a question are called."""
    return tuple(words.named(dict(question.names), str(value), catalogue) for value in values)
