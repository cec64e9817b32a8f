"""Which programs fit a company: the rule, one sentence a line, and the samples."""

from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest

from gateway.questions import BY_PARAMETER
from services.content.contracts import (
    Answers,
    CandidateStatus,
    CompanySize,
    Criterion,
    Eligibility,
    Fitting,
    French,
    Industry,
    Job,
    LineText,
    MarkdownText,
    Organization,
    ParagraphText,
    ReasonCode,
    TypedCriteria,
    Verdict,
)
from services.content.domain.fitting import fitting, is_expired, reasons, sort_found, verdict_of
from services.content.importing.files import list_files
from services.content.importing.mapping import map_record
from services.content.importing.reading import Reader
from services.content.importing.spec import load_mapping
from tests.support.contents import program

SAMPLES = Path(__file__).parents[2] / "samples" / "programs"
FITS, CHECK, NOT = Verdict.FITS, Verdict.CHECK, Verdict.DOES_NOT_FIT
SMALL = {"company_sizes": ("5-24",)}
INTERNS = {"jobs": ("internship",), "to_check": TypedCriteria(jobs=(Job.TRADE,))}
TRADES_DEPEND = {"to_check": TypedCriteria(jobs=(Job.TRADE,))}
WORDS = MarkdownText(fr="Être sage.")
ACTIVITIES = ParagraphText(en="Private firms.")

SENTENCES: list[tuple[str, dict[str, Any], dict[str, Any], Verdict, list[str]]] = [
    ("a program of which no condition is known is to check", {}, {}, CHECK, ["nothing_known"]),
    ("a size that it names fits", SMALL, SMALL, FITS, ["matches"]),
    ("a size that it does not name is excluded", SMALL, {"company_sizes": ("1-4",)}, NOT, ["excluded"]),
    ("what is not answered is to check", SMALL, {}, CHECK, ["not_answered"]),
    ("an answer to what nothing restricts makes nothing known", {}, SMALL, CHECK, ["nothing_known"]),
    (
        "what nothing restricts is not told",
        {"regions": ("06",)},
        {**SMALL, "regions": ("06",)},
        FITS,
        ["matches"],
    ),
    ("a value that depends is to check", INTERNS, {"jobs": ("trade",)}, CHECK, ["depends"]),
    (
        "of several answers one that fits is enough",
        INTERNS,
        {"jobs": ("trade", "internship")},
        FITS,
        ["matches"],
    ),
    ("one that depends wins over one excluded", INTERNS, {"jobs": ("trade", "other")}, CHECK, ["depends"]),
    ("neither named nor to check is excluded", INTERNS, {"jobs": ("other",)}, NOT, ["excluded"]),
    ("an open list with exceptions fits the rest", TRADES_DEPEND, {"jobs": ("other",)}, FITS, ["matches"]),
    ("an exception of an open list is to check", TRADES_DEPEND, {"jobs": ("trade",)}, CHECK, ["depends"]),
    ("an open list with exceptions asks", TRADES_DEPEND, {}, CHECK, ["not_answered"]),
    ("words alone are always to check", {"other": WORDS}, SMALL, CHECK, ["in_words"]),
    ("words beside a match are to check", {**SMALL, "other": WORDS}, SMALL, CHECK, ["matches", "in_words"]),
    ("notes restrict nothing", {**SMALL, "notes": WORDS}, SMALL, FITS, ["matches"]),
    ("activities in words are to check", {"activities": ACTIVITIES}, {}, CHECK, ["in_words"]),
    (
        "activities in words explain a typed criterion",
        {"activities": ACTIVITIES, "organizations": ("company",)},
        {"organizations": ("company",)},
        FITS,
        ["matches"],
    ),
    (
        "one exclusion outweighs everything else",
        {**SMALL, "regions": ("06",), "other": WORDS},
        {"company_sizes": ("5-24",), "regions": ("03",)},
        NOT,
        ["matches", "excluded", "in_words"],
    ),
]


@pytest.mark.parametrize(
    ("asked", "given", "verdict", "codes"), [s[1:] for s in SENTENCES], ids=[s[0] for s in SENTENCES]
)
def test_the_rule(asked: dict[str, Any], given: dict[str, Any], verdict: Verdict, codes: list[str]):
    told = reasons(Eligibility(**asked), Answers(**given))
    assert [reason.code for reason in told] == codes
    assert verdict_of(told) is verdict


def test_a_reason_carries_what_was_answered_what_fits_and_what_depends():
    (reason,) = reasons(Eligibility(**INTERNS), Answers(jobs=(Job.OTHER,)))
    assert (reason.criterion, reason.code) == (Criterion.JOB, ReasonCode.EXCLUDED)
    assert (reason.answers, reason.fits, reason.depends) == (("other",), ("internship",), ("trade",))


def test_a_program_ends_after_its_last_day():
    last = program(valid_until=date(2026, 11, 23))
    assert not is_expired(last, date(2026, 11, 23))
    assert is_expired(last, date(2026, 11, 24))
    assert not is_expired(program(), date(2099, 1, 1))


def test_what_fits_comes_first_then_most_confirmed_then_the_title():
    def found(name: str, verdict: Verdict, confirmed: int = 0) -> Fitting:
        made = fitting(program(), Answers())
        return made.model_copy(
            update={"id": name, "verdict": verdict, "confirmed": confirmed, "title": LineText(fr=name)}
        )

    mixed = [found("n", NOT, 5), found("b", FITS), found("c", CHECK), found("A", FITS), found("z", FITS, 2)]
    assert [one.title.fr for one in sort_found(mixed, "fr")] == ["z", "A", "b", "c", "n"]


@pytest.mark.parametrize(
    ("parameter", "values"),
    [
        ("size", get_args(CompanySize)),
        ("activity", Industry),
        ("organization", Organization),
        ("status", CandidateStatus),
        ("french", French),
        ("job", Job),
    ],
)
def test_every_answer_has_its_words(parameter: str, values: Any):
    assert set(BY_PARAMETER[parameter].names) == {str(value) for value in values}


@pytest.fixture(scope="module")
def samples() -> dict[str, Any]:
    mapping, found = load_mapping("nexus"), {}
    for file in list_files((SAMPLES,), mapping.read.files, frozenset()).files:
        for record in Reader(mapping).records(file):
            row = map_record(mapping, record.data or {}).row
            assert row is not None, record.file
            made = program(row.external_id).model_copy(update={"content": row.content})
            found[row.external_id] = made
    return found


SOFTWARE_FIRM = Answers(
    company_sizes=("5-24",),
    activity_groups=(Industry.ICT,),
    organizations=(Organization.COMPANY,),
    regions=("06",),
    candidate_statuses=(CandidateStatus.PERMANENT_RESIDENT,),
    jobs=(Job.FIRST_IN_FIELD,),
)


def verdict(samples: dict[str, Any], name: str, **changes: Any) -> Verdict:
    return fitting(samples[name], SOFTWARE_FIRM.model_copy(update=changes)).verdict


def test_a_12_person_software_firm_in_montreal_with_a_permanent_resident_sees_priime_as_fitting(samples):
    assert verdict(samples, "priime") is FITS


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("priime", {"candidate_statuses": (CandidateStatus.TEMPORARY_WORKER,)}, CHECK),
        ("priime", {"candidate_statuses": (CandidateStatus.ABROAD,)}, NOT),
        ("priime", {"jobs": ()}, CHECK),
        ("priime", {"organizations": (Organization.GOVERNMENT,)}, NOT),
        ("acces-egalite", {}, NOT),
        ("montreal-inclusive", {"regions": ("03",)}, NOT),
        ("montreal-inclusive", {}, FITS),
        ("montreal-invivo", {}, NOT),
        ("francisation-quebec", {"french": (French.SPOKEN,)}, NOT),
        ("francisation-quebec", {"french": (French.TO_LEARN,)}, CHECK),
        ("ipop", {"jobs": (Job.REGULATED,)}, CHECK),
        ("ipop", {}, NOT),
        ("technocompetences", {}, FITS),
        ("quebec-emploi", {}, CHECK),
        ("wil-digital", {"activity_groups": (Industry.FINANCE,)}, NOT),
        ("oqlf-memo", {}, CHECK),
        ("oqlf-memo", {"company_sizes": ("25-49",)}, FITS),
    ],
)
def test_the_samples_are_judged_as_their_texts_say(samples, name: str, changes: dict, expected: Verdict):
    assert verdict(samples, name, **changes) is expected
