"""The words of this field survive analysis: what belongs together meets, what doesn't stays apart."""

from itertools import combinations

import pytest

from services.search.analysis import content_stems, fold, stem, stems
from services.search.contracts import FacetCount, Language, Search
from services.search.matching.facets import facet_counts
from services.search.matching.plan import plan
from services.search.matching.snippets import snippet
from services.search.matching.spelling import corrected, edit_distance, nearest
from services.search.matching.synonyms import matches

FAMILIES: list[tuple[Language, str]] = [
    ("fr", "francisation franciser francisé francisées"),
    ("fr", "immigrant immigrants immigrante immigration immigrer immigré immigrées"),
    ("fr", "embauche embaucher embauches embauché embauchée embauchons embauchez embaucheront"),
    ("fr", "formation formations formateur formatrice former"),
    ("fr", "subvention subventions subventionner subventionné"),
    ("fr", "sécurité securite sécurités SÉCURITÉ"),
    ("fr", "emploi emplois l’emploi l'emploi d’emplois"),
    ("fr", "employeur employeurs"),
    ("fr", "reconnaissance reconnaissances reconnaître reconnu"),
    ("fr", "recrutement recrutements recruter recruteur recruteurs recrutons"),
    ("fr", "travailleur travailleuse travailleurs travail travailler travaux"),
    ("fr", "qualification qualifications qualifié qualifiée qualifiés"),
    ("fr", "intégration intégrer intégré"),
    ("fr", "aérospatial aérospatiale aérospatiaux"),
    ("fr", "salaire salaires salarial salariale salariés"),
    ("fr", "compétence compétences"),
    ("fr", "stage stages"),
    ("fr", "étranger étrangère étrangers étrangères"),
    ("fr", "accueil accueillir"),
    ("fr", "apprenti apprentis apprentissage"),
    ("fr", "financement financer financière"),
    ("fr", "technologie technologies technologique"),
    ("fr", "professionnel professionnelle professions"),
    ("fr", "jumelage jumeler jumelés"),
    ("en", "immigrant immigrants immigration immigrate"),
    ("en", "hire hires hiring hired"),
    ("en", "train training trained"),
    ("en", "subsidy subsidies subsidized"),
    ("en", "employer employers employer's employer’s"),
    ("en", "francization francisation"),
    ("en", "recruit recruitment recruiting recruiter"),
    ("en", "internship internships intern"),
    ("en", "recognition recognize recognised"),
    ("en", "organization organisation organizations"),
    ("en", "program programme programs"),
    ("en", "company companies company's"),
    ("en", "qualified qualification qualifications"),
    ("en", "mentor mentoring mentorship"),
]

STRANGERS: list[tuple[Language, str, str]] = [
    ("fr", "francisation", "France"),
    ("fr", "francisation", "français"),
    ("fr", "français", "France"),
    ("fr", "formation", "forme"),
    ("fr", "formation", "format"),
    ("fr", "organisation", "organe"),
    ("fr", "permis", "permettre"),
    ("fr", "stage", "stagnation"),
    ("fr", "cours", "cour"),
    ("fr", "pays", "payer"),
    ("fr", "département", "départ"),
    ("fr", "compétence", "compétition"),
    ("fr", "maillage", "mail"),
    ("fr", "main", "maintien"),
    ("fr", "international", "interne"),
    ("fr", "TI", "ti"),
    ("en", "IT", "it"),
    ("en", "training", "trainee"),
    ("en", "organization", "organ"),
    ("en", "international", "intern"),
    ("en", "general", "generation"),
    ("en", "business", "busy"),
    ("en", "French", "France"),
    ("en", "university", "universal"),
    ("en", "formation", "form"),
]


@pytest.mark.parametrize(("language", "family"), FAMILIES)
def test_forms_of_a_word_meet(language: Language, family: str) -> None:
    found = {word: stems(word, language) for word in family.split()}
    apart = [(one, other) for one, other in combinations(found, 2) if found[one] != found[other]]
    assert apart == [], found


@pytest.mark.parametrize(("language", "one", "other"), STRANGERS)
def test_words_of_another_meaning_stay_apart(language: Language, one: str, other: str) -> None:
    assert stem(one, language) != stem(other, language)


def test_accents_ligatures_and_capitals_are_folded() -> None:
    assert fold("ŒUVRE À NOËL, Straße") == "oeuvre a noel, strasse"
    assert stems("e\u0301tude", "fr") == stems("étude", "fr")
    assert stems("immi\u00adgrant", "fr") == stems("immigrant", "fr")


def test_elisions_and_possessives_are_no_words() -> None:
    assert stems("l’emploi d'ici qu’on", "fr") == stems("emploi ici on", "fr")
    assert stems("the company’s employers' plan", "en") == stems("the company employers plan", "en")


def test_words_without_a_subject_are_left_out_of_the_content() -> None:
    assert content_stems("des cours de français pour tous", "fr") == ["cours", "francais"]
    assert content_stems("IT is for the people", "en") == ["ict", stem("people", "en")]


def test_a_longer_mention_is_not_expanded_word_by_word() -> None:
    found = matches(["permis", "travail"], "fr")
    assert {(match.start, match.end) for match in found} == {(0, 2)}


def test_synonyms_cross_languages() -> None:
    members = {member.stems for match in matches(["PME"], "fr") for member in match.members}
    assert {("sme",), ("small", stem("business", "en"))} <= members


def test_a_quote_without_its_partner_is_no_quote() -> None:
    assert plan('"offre', "fr").required == ()
    assert len(plan('"offre d’emploi" « à Laval » “job fair”', "fr").required) == 3


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("aide", "aide", 0),
        ("aide", "aides", 1),
        ("aide", "adie", 1),
        ("aide", "bide", 1),
        ("aide", "stage", 3),
    ],
)
def test_edits_are_counted_up_to_what_is_allowed(one: str, other: str, distance: int) -> None:
    assert edit_distance(one, other, 2) == distance


def test_the_nearest_and_then_the_most_used_spelling_is_meant() -> None:
    known = [("subvention", 3), ("subventions", 9), ("convention", 50), ("subversion", 7)]
    assert nearest("subvension", known, "fr")[0] == "subversion"
    assert nearest("subvension", known[:2], "fr") == ["subvention"]


def test_a_form_that_no_text_uses_is_not_mistyped() -> None:
    assert nearest("embauchons", [("embauches", 2)], "fr") == []


def test_a_correction_keeps_the_rest_and_takes_the_accents_of_the_texts() -> None:
    told = corrected("aide, aerospacial!", {"aerospacial": ["aerospatial"]}, ["Un programme aérospatial"])
    assert told == "aide, aérospatial!"


def test_snippets_are_escaped_wherever_the_marks_fall() -> None:
    told = snippet("<b>aide</b> & \"aide\" 'x'", "", {("aid",)}, "fr")
    assert told == ("&lt;b&gt;<mark>aide</mark>&lt;/b&gt; &amp; &quot;<mark>aide</mark>&quot; &#x27;x&#x27;")


def test_a_phrase_is_marked_as_one() -> None:
    told = snippet("Une offre d’emploi, un emploi", "", {("offr", "emploi")}, "fr")
    assert told == "Une <mark>offre d’emploi</mark>, un emploi"


def test_names_of_one_provider_are_counted_together() -> None:
    counted = {"ville\tVille\tCity": 2, "ville\tVille\tTown": 3, "onu\tONU\tUN": 4}
    told = facet_counts("provider", counted, Search(lang="en", provider=("onu",)), None, {})
    assert [FacetCount(**one) for one in told] == [
        FacetCount(value="ville", count=5, label="City"),
        FacetCount(value="onu", count=4, label="UN", selected=True),
    ]
