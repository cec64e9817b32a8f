"""What every search engine finds, and in which order."""

import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.search.contracts import Search, Suggest
from services.search.engine import SearchEngine
from tests.contract.search_cases import CORPUS, TODAY, day, entry, fill, ids, put, real_programs, search
from tests.contract.search_fixtures import Make, empty, engine, make

__all__ = ["empty", "engine", "make"]  # fixtures


class TestFinding:
    def test_everything_is_found_without_words_but_what_has_expired(self, engine: SearchEngine) -> None:
        found = search(engine, per_page=100)
        assert found.total == len(CORPUS) - 1
        assert "expired" not in ids(found)
        assert "last-day" in ids(found)

    @pytest.mark.parametrize(
        ("q", "first"),
        [
            ("subventions salariales", "pps"),
            ("l'embauche", "pps"),
            ("embaucher", "pps"),
            ("SÉCURITÉ", "formation-ti"),
            ("securite", "formation-ti"),
            ("franciser", "francisation"),
            ("étude d'impact", "eimt"),
            ("reconnaître", "rac"),
            ("immigration", "francisation"),
            ("aérospatial", "stage-aero"),
        ],
    )
    def test_other_forms_of_a_word_find_it(self, engine: SearchEngine, q: str, first: str) -> None:
        assert ids(search(engine, q))[0] == first

    @pytest.mark.parametrize(
        ("q", "first"),
        [("hired", "pps"), ("subsidies", "pps"), ("employee", "pps"), ("trainings", "formation-ti")],
    )
    def test_other_forms_of_an_english_word_find_it(self, engine: SearchEngine, q: str, first: str) -> None:
        assert ids(search(engine, q, lang="en"))[0] == first

    @pytest.mark.parametrize(
        ("q", "lang", "wanted"),
        [
            ("LMIA", "fr", "eimt"),
            ("PME", "en", "pme"),
            ("SME", "fr", "pme"),
            ("cours de français", "fr", "francisation"),
            ("french classes", "fr", "francisation"),
            ("aide salariale", "fr", "pps"),
            ("wage subsidy", "fr", "pps"),
            ("subvention salariale", "en", "pps"),
            ("nouvel arrivant", "fr", "newcomers"),
            ("parrainage", "fr", "mentorat"),
            ("mentoring", "en", "mentorat"),
            ("internship", "fr", "stage-aero"),
            ("IT", "en", "formation-ti"),
            ("recrutement", "fr", "pps"),
            ("prior learning assessment", "en", "rac"),
        ],
    )
    def test_words_for_the_same_thing_find_it_in_both_languages(
        self, engine: SearchEngine, q: str, lang: str, wanted: str
    ) -> None:
        assert wanted in ids(search(engine, q, lang=lang))[:3]

    def test_an_entry_in_the_other_language_only_is_shown_in_it(self, engine: SearchEngine) -> None:
        hit = search(engine, "talent fair", lang="fr").items[0]
        assert (hit.id, hit.text_lang, hit.title) == ("newcomers", "en", "Newcomer talent fair")

    def test_any_word_may_match(self, engine: SearchEngine) -> None:
        assert ids(search(engine, "mentorat zirconium"))[0] == "mentorat"

    def test_words_without_a_subject_find_nothing_by_themselves_beside_others(
        self, empty: SearchEngine
    ) -> None:
        fill(empty, "Une aide pour les jeunes", "Guide pour les autres")
        assert ids(search(empty, "aide pour les")) == ["e0"]

    def test_a_query_of_nothing_but_such_words_still_finds(self, empty: SearchEngine) -> None:
        fill(empty, "Une aide pour les jeunes", "Guide")
        assert ids(search(empty, "pour les")) == ["e0"]

    @pytest.mark.parametrize("q", ["!!!", "zirconium", "' ’ \" « »", "*", "()", "AND"])
    def test_what_is_nowhere_is_not_found(self, engine: SearchEngine, q: str) -> None:
        found = search(engine, q)
        assert (found.total, found.items) == (0, ())


class TestOrder:
    def test_what_was_not_verified_for_too_long_comes_after_its_like(self, empty: SearchEngine) -> None:
        stale = [entry(f"a{n}", "Francisation en entreprise", stale=TODAY) for n in range(3)]
        tomorrow = TODAY + datetime.timedelta(days=1)
        put(empty, [*stale, entry("b", "Francisation en entreprise", stale=tomorrow)], [])
        put(empty, [entry("c", "Francisation en entreprise")], [])
        found = search(empty, "francisation")
        assert ids(found) == ["b", "c", "a0", "a1", "a2"]
        assert [hit.stale_on for hit in found.items] == [tomorrow, None, TODAY, TODAY, TODAY]
        assert ids(empty.search(Search(q="francisation"), None, tomorrow))[0] == "c"

    def test_what_says_much_more_of_it_comes_first_all_the_same(self, empty: SearchEngine) -> None:
        full = ("Une subvention salariale pour embaucher un ingénieur.", None)
        put(
            empty,
            [entry("stale", "Subvention salariale", lead=full, stale=TODAY), entry("fresh", "Subvention")],
            [],
        )
        assert ids(search(empty, "subvention salariale ingénieur")) == ["stale", "fresh"]

    def test_whose_title_is_asked_for_comes_first_all_the_same(self, empty: SearchEngine) -> None:
        mention = ("Une aide qui ressemble au PRIIME, pour les ordres professionnels.", None)
        others = [entry(f"e{n}", f"Aide {n}", body=mention) for n in range(3)]
        put(empty, [entry("stale", "Programme d’intégration (PRIIME)", stale=TODAY), *others], [])
        assert ids(search(empty, "priime"))[0] == "stale"

    def test_the_order_of_those_that_are_fresh_is_the_same_whatever_becomes_stale(
        self, empty: SearchEngine
    ) -> None:
        put(empty, CORPUS, [])
        words = ("subvention", "employés québec", "formation guide accueil", "visit companies")
        before = [ids(search(empty, q, per_page=100)) for q in words]
        stale = [each.model_copy(update={"stale": TODAY, "revision": 2}) for each in CORPUS[::3]]
        put(empty, stale, [])
        gone = {each.id for each in stale}
        after = [[id for id in ids(search(empty, q, per_page=100)) if id not in gone] for q in words]
        assert after == [[id for id in found if id not in gone] for found in before]

    def test_more_of_the_words_come_before_one_of_them_in_a_better_place(self, empty: SearchEngine) -> None:
        put(
            empty,
            [
                entry("one", "Mentorat", lead=("Mentorat", None)),
                entry(
                    "both",
                    "Programme",
                    body=("Du mentorat et du logement pour chacun des participants.", None),
                ),
                *(entry(f"other{n}", "Logement" if n % 2 else "Guide") for n in range(6)),
            ],
            [],
        )
        assert ids(search(empty, "mentorat logement"))[0] == "both"

    def test_title_comes_before_lead_before_provider_before_body(self, empty: SearchEngine) -> None:
        word = ("mentorat", None)
        put(
            empty,
            [
                entry("body", "Guide", body=word),
                entry("provider", "Guide", provider=word),
                entry("lead", "Guide", lead=word),
                entry("title", "Mentorat"),
            ],
            [],
        )
        assert ids(search(empty, "mentorat")) == ["title", "lead", "provider", "body"]

    def test_keywords_count_like_the_lead(self, empty: SearchEngine) -> None:
        put(
            empty,
            [
                entry("provider", "Guide", provider=("mentorat", None)),
                entry("keywords", "Guide", keywords=("mentorat", None)),
            ],
            [],
        )
        assert ids(search(empty, "mentorat")) == ["keywords", "provider"]

    def test_the_word_itself_comes_before_its_synonyms(self, empty: SearchEngine) -> None:
        fill(empty, "Jumelage", "Parrainage", "Parrainage local", "Parrainage et parrains", "Mentorat")
        assert ids(search(empty, "parrainage"))[-2:] == ["e0", "e4"]

    def test_the_language_asked_for_comes_first(self, empty: SearchEngine) -> None:
        put(empty, [entry("a", None, "Immigration guide"), entry("b", "Immigration guide")], [])
        assert ids(search(empty, "immigration", lang="fr")) == ["b", "a"]
        assert ids(search(empty, "immigration", lang="en")) == ["a", "b"]

    def test_by_date_the_newest_come_first_and_equal_ones_by_id(self, empty: SearchEngine) -> None:
        put(empty, [entry(id, "Aide", date=day(number)) for id, number in [("b", 1), ("c", 2), ("a", 1)]], [])
        assert ids(search(empty, "aide", sort="date")) == ["c", "a", "b"]

    def test_equal_ones_come_by_id_wherever_they_were_written(self, empty: SearchEngine) -> None:
        for id in "dacb":
            put(empty, [entry(id, "Aide")], [])
        assert ids(search(empty, "aide")) == list("abcd")
        assert ids(search(empty)) == list("abcd")

    @pytest.mark.parametrize("sort", ["relevance", "date"])
    @pytest.mark.parametrize("q", ["", "aide", "aide guide"])
    def test_pages_neither_overlap_nor_skip(self, empty: SearchEngine, q: str, sort: str) -> None:
        for start in range(0, 30, 6):
            put(
                empty,
                [entry(f"e{n:02}", "Aide guide" if n % 3 else "Aide") for n in range(start, start + 6)],
                [],
            )
        pages = [search(empty, q, sort=sort, per_page=7, page=page) for page in range(1, 6)]
        assert sorted(id for page in pages for id in ids(page)) == [f"e{n:02}" for n in range(30)]
        assert {page.total for page in pages} == {30}

    def test_a_page_past_the_end_is_empty_and_knows_the_total(self, engine: SearchEngine) -> None:
        found = search(engine, "subvention", page=40)
        assert found.items == ()
        assert found.total == search(engine, "subvention").total > 0


class TestPhrases:
    def test_words_in_quotes_must_stand_together(self, empty: SearchEngine) -> None:
        fill(empty, "Offres d’emploi du jour", "Emploi et offre", "Une offre sans emploi")
        assert ids(search(empty, '"offre d\'emploi"')) == ["e0"]
        assert ids(search(empty, "« offres d’emploi »")) == ["e0"]

    def test_other_words_only_rank_what_the_quoted_ones_find(self, empty: SearchEngine) -> None:
        fill(empty, "Offre d’emploi", "Offre d’emploi à Laval", "Laval")
        assert ids(search(empty, '"offre d\'emploi" laval')) == ["e1", "e0"]

    def test_small_words_in_quotes_count(self, empty: SearchEngine) -> None:
        fill(empty, "Aide à l’embauche", "Aide sans embauche")
        assert ids(search(empty, '"aide à l\'embauche"')) == ["e0"]

    def test_quoted_words_are_taken_as_spelled(self, engine: SearchEngine) -> None:
        assert search(engine, '"francistion"').total == 0

    def test_no_phrase_spans_two_texts(self, empty: SearchEngine) -> None:
        put(
            empty,
            [entry("a", "Salon", lead=("Emploi", None)), entry("b", "Guide", lead=("Salon emploi", None))],
            [],
        )
        assert ids(search(empty, '"salon emploi"')) == ["b"]


class TestSpelling:
    @pytest.mark.parametrize(
        ("typed", "meant", "wanted"),
        [
            ("subvension", "subvention", "pps"),
            ("francistion", "francisation", "francisation"),
            ("aerospacial", "aérospatiale", "stage-aero"),
            ("imigrants", "immigrants", "francisation"),
            ("reconaissance des aquis", "reconnaissance des acquis", "rac"),
        ],
    )
    def test_a_typo_is_forgiven_and_told(
        self, engine: SearchEngine, typed: str, meant: str, wanted: str
    ) -> None:
        found = search(engine, typed)
        assert wanted in ids(found)[:2]
        assert found.suggestion == meant

    @pytest.mark.parametrize(
        "q",
        ["francisation", "subventions", "l’embauche", "embaucherons", "", "EIMT", "wage subsidy", "12345"],
    )
    def test_nothing_is_suggested_for_what_is_spelled_well(self, engine: SearchEngine, q: str) -> None:
        assert search(engine, q).suggestion is None

    def test_nothing_is_suggested_for_what_resembles_nothing(self, engine: SearchEngine) -> None:
        assert search(engine, "zirconium").suggestion is None

    def test_short_words_are_taken_as_they_are(self, empty: SearchEngine) -> None:
        fill(empty, "Le CSQ expliqué")
        assert search(empty, "csp").total == 0

    def test_a_near_word_is_no_match_while_the_word_itself_is_known(self, empty: SearchEngine) -> None:
        fill(empty, "Stade", "Stage")
        assert ids(search(empty, "stage")) == ["e1"]


NASTY = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            (
                "AND",
                "OR",
                "title_fr:",
                "*",
                "?",
                "~2",
                "^3",
                "(",
                ")",
                "[a TO b]",
                "{",
                '"',
                "«",
                "’",
                "\\",
                "+",
                "-",
                "/re/",
                "aide",
                "subvension",
                "<mark>",
                "é",
                "🙂",
                "TI",
            )
        ),
        max_size=12,
    ).map(" ".join),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(q=NASTY, lang=st.sampled_from(["fr", "en"]))
def test_no_text_upsets_an_engine(engine: SearchEngine, q: str, lang: str) -> None:
    try:
        asked = Search(q=q, lang=lang)
    except ValidationError:
        return
    for hit in engine.search(asked, "tic", TODAY).items:
        assert "<" not in hit.snippet.replace("<mark>", "").replace("</mark>", "")
    engine.suggest(Suggest(q=asked.q, lang=lang), "tic", TODAY)


def test_long_queries_are_answered(engine: SearchEngine) -> None:
    words = " ".join(sorted({word for each in CORPUS for word in (each.title.fr or "").split()}))[:500]
    assert search(engine, words).total > 5


def test_real_programs_are_found_by_their_titles(make: Make) -> None:
    programs = list(real_programs())
    if not programs:
        pytest.skip("no real programs beside the repository; NEXUS_TEST_DATA says where they are")
    engine = make()
    put(engine, programs, [])
    lost = [
        each.id for each in programs if each.id not in ids(search(engine, each.title.fr or "", per_page=5))
    ]
    assert lost == []


def test_a_date_far_away_is_ordered_too(make: Make) -> None:
    engine = make()
    dates = [datetime.datetime(year, 1, 1, tzinfo=datetime.UTC) for year in (1950, 2026, 2100)]
    put(engine, [entry(f"e{date.year}", "Aide", date=date) for date in dates], [])
    assert ids(search(engine, "", sort="date")) == ["e2100", "e2026", "e1950"]
