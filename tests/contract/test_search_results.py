"""What every search engine tells beside the hits: facets, snippets, completions, similar entries."""

from typing import Any

import pytest

from services.search.contracts import FACETS, MoreLikeThis, Suggest
from services.search.engine import SearchEngine
from tests.contract.search_cases import CORPUS, TODAY, counts, day, entry, fill, ids, put, search
from tests.contract.search_fixtures import empty, engine, make

__all__ = ["empty", "engine", "make"]  # fixtures


def chosen(facet: str, value: str) -> dict[str, Any]:
    return {facet: (value,)}


class TestFacets:
    def test_every_facet_is_counted_most_frequent_first(self, engine: SearchEngine) -> None:
        found = search(engine)
        assert set(found.facets) == set(FACETS)
        told = [(each.count, each.value) for each in found.facets["theme"]]
        assert told == sorted(told, key=lambda pair: (-pair[0], pair[1]))
        assert counts(found, "kind")["service"] == 4

    def test_values_of_a_facet_widen_each_other_and_keep_their_counts(self, engine: SearchEngine) -> None:
        found = search(engine, kind=("service", "event"))
        assert found.total == 5
        assert counts(found, "kind") == counts(search(engine), "kind")

    def test_facets_narrow_each_other(self, engine: SearchEngine) -> None:
        found = search(engine, kind=("service",), theme=("training",))
        assert ids(found) == ["francisation"]
        assert counts(found, "kind") == {"service": 1, "subsidy": 2}
        assert counts(found, "theme")["recognition"] == 1
        assert counts(found, "language") == {"fr": 1}

    @pytest.mark.parametrize("facet", FACETS)
    def test_each_count_is_the_total_of_choosing_it(self, engine: SearchEngine, facet: str) -> None:
        for value, count in counts(search(engine, "aide subvention guide"), facet).items():
            assert search(engine, "aide subvention guide", **chosen(facet, value)).total == count

    def test_the_type_is_a_facet_like_the_others(self, empty: SearchEngine) -> None:
        guide = entry("guide", "Guide du stage").model_copy(update={"type": "document"})
        put(empty, [guide, entry("stage", "Stage"), entry("mentorat", "Mentorat du stage")], [])
        assert counts(search(empty, "stage"), "type") == {"program": 2, "document": 1}
        narrowed = search(empty, "stage", type=("document",))
        assert ids(narrowed) == ["guide"]
        assert counts(narrowed, "type") == {"program": 2, "document": 1}

    def test_a_document_is_found_by_its_body_which_no_hit_carries(self, empty: SearchEngine) -> None:
        guide = entry(
            "guide", "Guide", lead=("Un résumé.", None), body=("Le parrainage dure trois mois.", None)
        )
        put(empty, [guide.model_copy(update={"type": "document"})], [])
        assert search(empty, "parrainage").items[0].snippet == "Un résumé."

    def test_a_chosen_value_stays_even_without_results(self, engine: SearchEngine) -> None:
        found = search(engine, "mentorat", kind=("event", "nonsense"))
        chosen = {each.value: each.count for each in found.facets["kind"] if each.selected}
        assert chosen == {"event": 0, "nonsense": 0}

    def test_a_provider_is_a_slug_with_a_name_in_the_readers_language(self, engine: SearchEngine) -> None:
        french = {each.value: each.label for each in search(engine).facets["provider"]}
        english = {each.value: each.label for each in search(engine, lang="en").facets["provider"]}
        assert french["ministere-de-l-immigration"] == "Ministère de l’Immigration"
        assert english["ministere-de-l-immigration"] == "Ministry of Immigration"
        assert english["chambre-de-commerce"] == "Chambre de commerce"
        assert french["board-of-trade"] == "Board of Trade"

    def test_a_chosen_provider_without_results_keeps_its_name(self, engine: SearchEngine) -> None:
        found = search(engine, "mentorat", provider=("emploi-quebec",))
        assert [(each.count, each.label) for each in found.facets["provider"] if each.selected] == [
            (0, "Emploi-Québec")
        ]

    def test_what_all_sectors_share_counts_for_each(self, engine: SearchEngine) -> None:
        shared = sum(not each.sectors for each in CORPUS) - 1  # one has expired
        assert counts(search(engine), "sector") == {"aero": shared + 1, "svts": shared + 1, "tic": shared + 2}
        assert search(engine, sector=("aero",)).total == shared + 1

    def test_only_what_the_callers_sector_shows_is_counted(self, engine: SearchEngine) -> None:
        found = search(engine, shown_by="aero", per_page=100)
        assert "stage-aero" in ids(found)
        assert not {"formation-ti", "pme"} & set(ids(found))
        assert counts(found, "provider").keys().isdisjoint({"technocompetences", "ville-de-montreal"})


class TestSnippets:
    def test_matched_words_are_marked_in_the_lead(self, engine: SearchEngine) -> None:
        assert search(engine, "recrue").items[0].snippet == (
            "Une personne d’expérience accompagne la <mark>recrue</mark>."
        )

    def test_marks_are_found_in_the_body_when_the_lead_has_none(self, engine: SearchEngine) -> None:
        assert "<mark>immigrants</mark>" in search(engine, "immigrant").items[0].snippet

    def test_without_a_match_in_either_the_lead_is_shown_plain(self, engine: SearchEngine) -> None:
        assert (
            search(engine, "mentorat").items[0].snippet == "Une personne d’expérience accompagne la recrue."
        )

    def test_a_long_body_is_cut_around_the_words(self, empty: SearchEngine) -> None:
        body = "Un début sans rien. " * 40 + "Ici le mentorat commence. " + "Une fin sans rien. " * 40
        put(empty, [entry("a", "Guide", body=(body, None))], [])
        snippet = search(empty, "mentorat").items[0].snippet
        assert "<mark>mentorat</mark>" in snippet
        assert len(snippet) < 260
        assert snippet.startswith("…")
        assert snippet.endswith("…")

    @pytest.mark.parametrize("q", ["guide", "script", "alert", "b", "img onerror", "gratuit", "mark"])
    def test_texts_are_escaped_around_the_marks(self, engine: SearchEngine, q: str) -> None:
        for hit in search(engine, q, lang="fr").items:
            bare = hit.snippet.replace("<mark>", "").replace("</mark>", "")
            assert "<" not in bare
            assert ">" not in bare
            assert '"' not in bare

    def test_results_carry_what_a_list_shows(self, engine: SearchEngine) -> None:
        hit = search(engine, "francisation", lang="en").items[0]
        assert (hit.slug, hit.text_lang, hit.title) == ("francisation-en", "en", "French classes at work")
        assert (hit.kind, hit.themes, hit.provider) == (
            "service",
            ("francisation", "training"),
            "Ministry of Immigration",
        )
        assert hit.date == day(9)
        assert hit.lead == "A teacher comes to your workplace."


class TestCompletion:
    @pytest.mark.parametrize("q", ["subv", "SUBV", "salariale subv", "subvention sal", "l’emb"])
    def test_titles_are_completed_in_any_order_of_words(self, engine: SearchEngine, q: str) -> None:
        titles = [each.title for each in engine.suggest(Suggest(q=q), None, TODAY).items]
        assert "Subvention salariale pour l’embauche" in titles

    def test_accents_do_not_matter(self, engine: SearchEngine) -> None:
        assert engine.suggest(Suggest(q="etude"), None, TODAY).items[0].slug == "eimt-fr"
        assert engine.suggest(Suggest(q="réco"), None, TODAY).items[0].slug == "rac-fr"

    def test_titles_are_in_the_language_of_the_reader(self, engine: SearchEngine) -> None:
        assert engine.suggest(Suggest(q="wage", lang="en"), None, TODAY).items[0].slug == "pps-en"

    def test_titles_that_begin_so_come_first(self, empty: SearchEngine) -> None:
        fill(empty, "Aide à la formation", "Formation en ligne")
        titles = [each.title for each in empty.suggest(Suggest(q="form"), None, TODAY).items]
        assert titles == ["Formation en ligne", "Aide à la formation"]

    def test_a_title_is_offered_once(self, empty: SearchEngine) -> None:
        fill(empty, "Mentorat", "Mentorat", "mentorat")
        assert len(empty.suggest(Suggest(q="ment"), None, TODAY).items) == 1

    def test_one_typo_is_forgiven_when_nothing_begins_so(self, engine: SearchEngine) -> None:
        assert engine.suggest(Suggest(q="subvan"), None, TODAY).items[0].slug == "pps-fr"

    @pytest.mark.parametrize("q", ["", "zirconium", "!!!", "concours d'affiches de la veille"])
    def test_nothing_is_offered_for_nothing(self, engine: SearchEngine, q: str) -> None:
        assert engine.suggest(Suggest(q=q), None, TODAY).items == ()

    def test_no_more_are_offered_than_asked_for(self, engine: SearchEngine) -> None:
        assert len(engine.suggest(Suggest(q="s", limit=1), None, TODAY).items) == 1


class TestSimilar:
    def test_entries_that_speak_of_the_same_come_first_without_itself(self, empty: SearchEngine) -> None:
        put(
            empty,
            [
                entry("a", "Mentorat de recrues", lead=("Des mentors accompagnent les recrues.", None)),
                entry("b", "Mentorat en ligne", lead=("Les recrues parlent à des mentors.", None)),
                entry("c", "Crédit d’impôt", lead=("Pour les machines.", None)),
            ],
            [],
        )
        found = empty.similar(MoreLikeThis(id="a"), None, TODAY)
        assert [hit.id for hit in found.items] == ["b"]

    def test_an_unknown_or_hidden_entry_resembles_nothing(self, engine: SearchEngine) -> None:
        assert engine.similar(MoreLikeThis(id="nobody"), None, TODAY).items == ()
        assert engine.similar(MoreLikeThis(id="stage-aero"), "tic", TODAY).items == ()

    def test_what_the_sector_does_not_show_is_left_out(self, engine: SearchEngine) -> None:
        found = engine.similar(MoreLikeThis(id="pps", limit=20), "tic", TODAY)
        assert "stage-aero" not in {hit.id for hit in found.items}
