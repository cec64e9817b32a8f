"""A company answers a few questions and sees which programs fit, and why. In both runtimes."""

from tests.support.platforms import RunningPlatform

FIRM = {
    "size": "5-24",
    "activity": "ict",
    "organization": "company",
    "region": "06",
    "status": "permanent_resident",
    "job": "first_in_field",
}


def test_a_12_person_software_firm_in_montreal_with_a_permanent_resident_sees_priime_first(
    running: RunningPlatform,
):
    told = running.get("/api/v1/fitting", **FIRM).json
    first = told["items"][0]
    assert (first["slug"]["fr"], first["verdict"], first["confirmed"]) == ("priime", "fits", 3)
    assert told["counts"]["does_not_fit"] > 5


def test_a_program_of_the_past_and_one_of_another_sector_are_not_judged(running: RunningPlatform):
    slugs = {item["slug"]["fr"] for item in running.get("/api/v1/fitting").json["items"]}
    assert "priime" in slugs
    assert not slugs & {"credit-impot-formation-pme", "camaq", "pharmabio"}


def test_the_page_gives_the_same_answer_in_words(running: RunningPlatform):
    page = running.get("/fr/trouver", **FIRM)
    assert page.status == 200
    assert "Correspond\xa0: Résidence permanente" in page.text


def test_a_wrong_answer_is_refused_by_the_api_and_told_on_the_page(running: RunningPlatform):
    assert running.get("/api/v1/fitting", size="douze").status == 400
    assert 'role="alert"' in running.get("/fr/trouver", size="douze").text
