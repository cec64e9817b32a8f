"""The page and the API of "find what fits us", on a bus that judges by the real rule."""

from typing import Any
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient

from gateway.app import create_app
from gateway.sectors import load_sectors
from services.content.contracts import Eligibility, FindFitting, MarkdownText, Program, TypedCriteria
from tests.support.contents import program
from tests.support.fake_bus import FakeBus
from tests.support.html import html_faults

BASE = "https://tic.example.org"
ANSWERS = "size=5-24&region=06&status=permanent_resident&status=abroad"


def offered() -> tuple[Program, ...]:
    def one(name: str, **eligibility: Any) -> Program:
        return program(name, fr=f"Aide {name}", en=f"Help {name}", eligibility=Eligibility(**eligibility))

    return (
        one("large", company_sizes=("500+",)),
        one("montreal", regions=("06",), company_sizes=("5-24",)),
        one("depends", to_check=TypedCriteria(regions=("06",))),
        one("words", other=MarkdownText(fr="Poste de **30** heures.", en="A job of **30** hours.")),
        one("open"),
    )


@pytest.fixture
def bus() -> FakeBus:
    return FakeBus(*offered())


def site(bus: FakeBus) -> TestClient:
    return TestClient(create_app(load_sectors()["tic"], bus, BASE), raise_server_exceptions=False)


def page(bus: FakeBus, path: str) -> str:
    reply = site(bus).get(path, headers={"Accept": "text/html"})
    assert reply.status_code == 200, reply.text
    assert html_faults(reply.text) == []
    return reply.text


@pytest.mark.parametrize("path", ["/fr/trouver", "/en/find"])
def test_seven_questions_are_asked_and_nothing_is_judged_before_an_answer(bus: FakeBus, path: str):
    text = page(bus, path)
    assert text.count("<legend>") == 7
    assert "fit-group" not in text
    assert not [asked for asked, _ in bus.asked if isinstance(asked, FindFitting)]


def test_the_answers_reach_the_service(bus: FakeBus):
    page(bus, f"/en/find?{ANSWERS}")
    query, caller = bus.asked[-1]
    assert isinstance(query, FindFitting)
    assert (query.answers.company_sizes, query.answers.regions) == (("5-24",), ("06",))
    assert [one.value for one in query.answers.candidate_statuses] == ["permanent_resident", "abroad"]
    assert (caller.sector, caller.language) == ("tic", "en")


def test_the_three_groups_come_with_their_reasons(bus: FakeBus):
    text = page(bus, f"/en/find?{ANSWERS}")
    places = [
        text.index(part)
        for part in ("Help montreal", "Help depends", "Help open", "Help words", "Help large")
    ]
    assert places == sorted(places)
    assert "Matches: 5 to 24 employees." in text
    assert "Depends on your case: Montréal." in text
    assert "A job of <strong>30</strong> hours." in text
    assert "It is for: 500 employees or more." in text


def test_an_empty_form_is_answered_with_what_is_to_check(bus: FakeBus):
    text = page(bus, "/fr/trouver?size=&region=")
    assert "Vous n’avez encore rien répondu" in text
    assert "Vous n’avez pas répondu. S’adresse à\xa0: De 5 à 24" in text


def test_the_questions_that_would_settle_most_are_proposed(bus: FakeBus):
    text = page(bus, "/en/find?show=all")
    assert (
        '<a class="chip" href="#size">Size of the company <span class="count">2 programs</span></a>' in text
    )
    assert text.index('href="#size"') < text.index('href="#region"')
    assert 'href="#job"' not in text
    assert "answer also" not in page(bus, f"/en/find?{ANSWERS}")


def test_what_does_not_fit_is_folded_and_not_left_out(bus: FakeBus):
    folded = page(bus, f"/en/find?{ANSWERS}").split("<details>")[1].split("</details>")[0]
    assert "Help large" in folded
    assert "It is for: 500 employees or more." in folded


def test_unknown_values_are_left_out_and_told(bus: FakeBus):
    text = page(bus, "/en/find?size=12&region=06&utm_source=letter")
    assert 'role="alert"' in text
    assert '<a href="#size">How many people work for you?</a>' in text
    assert "utm_source" not in text
    assert f"{BASE}/en/find?region=06" in text


def test_the_answers_stay_checked_and_the_other_language_keeps_them(bus: FakeBus):
    text = page(bus, f"/en/find?{ANSWERS}")
    assert 'name="size" value="5-24" checked' in text
    assert "/fr/trouver?size=5-24&amp;region=06&amp;status=permanent_resident&amp;status=abroad" in text


def test_the_message_to_oneself_holds_the_address_and_the_titles(bus: FakeBus):
    text = page(bus, f"/en/find?{ANSWERS}")
    link = text.split('href="mailto:')[1].split('"')[0]
    told = unquote(link.replace("&amp;", "&"))
    assert f"{BASE}/en/find?size=5-24&region=06" in told
    assert "- Help montreal\r\n" in told
    assert "Help large" not in told


@pytest.mark.parametrize("path", ["/fr/", "/en/"])
def test_the_home_page_leads_there(bus: FakeBus, path: str):
    text = page(bus, path)
    assert text.count(f'href="{path}{"trouver" if path == "/fr/" else "find"}"') == 2


def test_the_api_judges_with_the_same_parameters(bus: FakeBus):
    told = site(bus).get(f"/api/v1/fitting?{ANSWERS}&lang=en").json()
    assert told["counts"] == {"fits": 1, "check": 3, "does_not_fit": 1}
    first = told["items"][0]
    assert (first["id"], first["confirmed"], first["url"]) == ("montreal", 2, f"{BASE}/en/programs/montreal")
    assert [reason["code"] for reason in first["reasons"]] == ["matches", "matches"]


@pytest.mark.parametrize("query", ["size=12", "region=99", "job=pilot", "siz=5-24", "size=", "status=alien"])
def test_the_api_refuses_what_it_does_not_know(bus: FakeBus, query: str):
    reply = site(bus).get(f"/api/v1/fitting?{query}")
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid_input")


def test_the_program_page_says_whom_it_is_for(bus: FakeBus):
    bus.programs = (
        program("p", eligibility=Eligibility(jobs=("internship",), to_check=TypedCriteria(jobs=("trade",)))),
    )
    text = page(bus, "/en/programs/p")
    assert "<li>An internship for a student</li>" in text
    assert "<li>A trade learnt on the job (to check)</li>" in text
