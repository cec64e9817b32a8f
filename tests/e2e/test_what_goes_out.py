"""What others read: the examples of the developers' page work, and files follow what is published. In both runtimes."""

import csv
import html
import io
import re

import pytest

from tests.e2e.test_main_job import write_program
from tests.support.platforms import RunningPlatform


@pytest.mark.parametrize("path", ["/fr/developpeurs", "/en/developers"])
def test_every_example_of_the_developers_page_works(running: RunningPlatform, path: str):
    page = running.get(path).text
    text = html.unescape(page[page.index("<main") : page.index("</main>")])
    base = running.url("tic", "").rstrip("/")
    shown = set(re.findall(rf"{re.escape(base)}(/[^\"<\s]+)", text)) | set(
        re.findall(r'href="(/[^"#]+)"', text)
    )
    assert {"/openapi.json", "/embed/search.js", "/problems/program_retired"} <= shown
    assert len([one for one in shown if one.startswith("/api/v1/")]) >= 7
    with_key = {"/api/v1/files", "/api/v1/webhooks"}  # tests of keys
    read = {one for one in shown if "$ID" not in one and one not in with_key}
    answers = {one: running.get(one).status for one in read}
    assert {one: status for one, status in answers.items() if status not in (200, 301, 302)} == {}


def test_a_program_is_in_the_open_data_once_it_is_found(running: RunningPlatform):
    word, _ = write_program(running)
    running.eventually_finds(word)
    told = running.get("/api/v1/open-data/programs.json").json
    assert told["total"] == len(told["items"])
    assert word in {one["slug"]["fr"] for one in told["items"]}
    table = running.get("/api/v1/open-data/programs.csv").body.decode("utf-8-sig")
    assert word in {line["slug_fr"] for line in csv.DictReader(io.StringIO(table))}
    services = running.get("/api/v1/open-data/hsds/services.json").json["contents"]
    assert word in {one["name"] for one in services}
