"""What is kept how long is written down as it is; what is told of an address tells it to nobody else."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from gateway.privacy.words import DATA_KINDS, HOLDERS, REASONS, SINCE
from nexus.personal import RETENTION, Reason, days_kept
from nexus.settings import Settings
from services.people.contracts.privacy import ANSWERING
from services.people.domain.privacy import masked, pseudonym, without


def test_the_table_in_the_documentation_is_the_one_in_force() -> None:
    told = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (\d+)( \(fixed\))? \| [^|]+ \| `(\w+)` \|", told, re.MULTILINE)
    in_force = [(one.kind, str(one.days), " (fixed)" * one.fixed, one.service) for one in RETENTION]
    assert rows == in_force


def test_every_kind_reason_and_service_has_words() -> None:
    assert {one.kind for one in RETENTION} <= set(DATA_KINDS)
    assert {one.since for one in RETENTION} == set(SINCE)
    assert set(Reason.__args__) == set(REASONS)
    assert set(ANSWERING) == set(HOLDERS)


def test_a_setting_changes_days_but_not_those_that_are_fixed_and_no_unknown_kind() -> None:
    days = days_kept({"documents": 90, "waiting": 1})
    assert (days["documents"], days["waiting"], days["companies"]) == (90, 30, 1_095)
    assert Settings(retention_days="documents=90, companies=730").retention_days == {  # type: ignore[arg-type]
        "documents": 90,
        "companies": 730,
    }
    for wrong in ("papers=3", "documents=0", "documents=soon", "waiting=3"):
        with pytest.raises(ValidationError):
            Settings(retention_days=wrong)  # type: ignore[arg-type]


def test_an_address_is_shown_without_most_of_it() -> None:
    assert masked("marie.roy@usine.ca") == "m…@u…"
    assert pseudonym("0123456789abcdef") == "#01234567"
    assert without("De la part de MARIE@usine.ca", "marie@usine.ca") == "De la part de …"
