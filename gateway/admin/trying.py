"""Who would see a program as fitting? Its criteria, as a form has them, tried on made-up companies.

The companies are told in words; what a program is to them, the content service says: the rule is its own."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from gateway import fitting
from gateway.admin import fields
from gateway.admin.frame import EDITORS, ITEMS, path_to
from gateway.admin.kinds import PROGRAMS
from gateway.i18n import translations
from gateway.people.desk import Desk, Signed
from gateway.words import N_
from nexus.caller import LANGUAGES
from nexus.errors import InvalidInput
from services.content.contracts import Answers, Eligibility
from services.content.contracts.fitting import TryFitting


@dataclass(frozen=True)
class MadeUp:
    """A company that is none, in the words of its file and in its answers to "find what fits us"."""

    name: str
    words: str
    answers: Answers


@dataclass(frozen=True)
class Outcome:
    """How the program stands to one of them."""

    name: str
    words: str
    verdict: str
    told: str
    reasons: tuple[fitting.Why, ...]


def _company(name: str, words: str, **answers: Any) -> MadeUp:
    pairs = {field: value if isinstance(value, tuple) else (value,) for field, value in answers.items()}
    return MadeUp(name, words, Answers.model_validate(pairs))


COMPANIES = (
    _company(
        N_("Video game studio"),
        N_("12 people in Montréal; hires a developer who lives abroad and has French to learn."),
        company_sizes="5-24", activity_groups="ict", organizations="company", regions="06",
        candidate_statuses="abroad", french="to_learn", jobs="technology",
    ),
    _company(
        N_("Software house"),
        N_("60 people in Montréal; hires a permanent resident, out of work, for a first job in his field."),
        company_sizes="50-99", activity_groups="ict", organizations="company", regions="06",
        candidate_statuses="permanent_resident", french="spoken", jobs=("technology", "first_in_field"),
    ),
    _company(
        N_("Aircraft parts workshop"),
        N_("180 people in Montérégie; hires a machinist with a closed work permit."),
        company_sizes="100-249", activity_groups="aerospace", organizations="company", regions="16",
        candidate_statuses="temporary_worker", french="to_learn", jobs="trade",
    ),
    _company(
        N_("Maker of medical devices"),
        N_("35 people in Laval; takes a foreign student as an intern."),
        company_sizes="25-49", activity_groups="life_sciences", organizations="company", regions="13",
        candidate_statuses="international_student", french="spoken", jobs="internship",
    ),
    _company(
        N_("Engineering consultants"),
        N_("300 people in Québec City; hires an engineer whose diploma an order must recognize."),
        company_sizes="250-499", activity_groups="services", organizations="company", regions="03",
        candidate_statuses="permanent_resident", french="spoken", jobs="regulated",
    ),
    _company(
        N_("Neighbourhood restaurant"),
        N_("4 people in Montréal; hires an asylum seeker for the kitchen."),
        company_sizes="1-4", activity_groups="trade_hospitality", organizations="company", regions="06",
        candidate_statuses="asylum_seeker", french="to_learn", jobs="other",
    ),
    _company(
        N_("Solidarity co-operative"),
        N_("20 people in Estrie; wants to teach French to somebody who works there already."),
        company_sizes="5-24", activity_groups="agri_food", organizations="social_economy", regions="05",
        candidate_statuses="protected_person", french="to_learn", jobs="current_employee",
    ),
    _company(
        N_("Company that has just begun to look"),
        N_("3 people in Montréal, in software; knows neither whom it will hire nor for what."),
        company_sizes="1-4", activity_groups="ict", organizations="company", regions="06",
    ),
)  # fmt: skip
_VERDICTS = {"fits": N_("Fits"), "check": N_("To check"), "does_not_fit": N_("Does not fit")}


def trying_routes(router: APIRouter, desk: Desk) -> None:
    """Add what the form of a program asks for while its criteria change."""

    async def tried(signed: Signed) -> Response:
        content = fields.read(PROGRAMS.fields, await signed.sent())
        return desk.html("admin/_tried.html", signed, {}, outcomes=await outcomes(content, signed))

    for language in LANGUAGES:
        add = partial(desk.add, router, language=language, roles=EDITORS)
        add("POST", path_to(language, ITEMS[PROGRAMS.name], "/fitting"), handle=tried)


async def outcomes(content: dict[str, Any], signed: Signed) -> list[Outcome] | None:
    """One for each company; None: something among the criteria is not right."""
    try:
        eligibility = Eligibility.read(content.get("eligibility") or {})
    except InvalidInput:
        return None
    query = TryFitting(eligibility=eligibility, companies=tuple(one.answers for one in COMPANIES))
    words, judged = translations(signed.language), (await signed.call(query)).items
    return [
        Outcome(
            words.gettext(company.name),
            words.gettext(company.words),
            one.verdict.value,
            words.gettext(_VERDICTS[one.verdict]),
            tuple(fitting.why(reason, signed.language, words) for reason in one.reasons),
        )
        for company, one in zip(COMPANIES, judged, strict=True)
    ]
