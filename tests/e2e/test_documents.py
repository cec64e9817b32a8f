"""Documents from a folder to the content service, in each runtime."""

import json
from pathlib import Path

from tests.support.files import a_pdf

TABLE = """
- external_id: accueil
  title: {fr: Plan d’accueil, en: Welcome plan}
  date: 2026-11-23
  version: "1.0"
  files:
    fr: {source: accueil.md, format: pdf}
    en: {file: welcome.pdf}
- external_id: abime
  title: {fr: Fichier abîmé}
  date: 2026-11-23
  files:
    fr: {file: damaged.pdf}
- external_id: absent
  title: {fr: Fichier absent}
  date: 2026-11-23
  files:
    fr: {file: nowhere.pdf}
"""


def a_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "documents.yaml").write_text(TABLE)
    (folder / "accueil.md").write_text("## Le premier jour\n\nMontrez la **machine à café**.\n")
    (folder / "welcome.pdf").write_bytes(a_pdf("The first day", "The second day"))
    (folder / "damaged.pdf").write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 4_000)
    return folder


def outcomes(platform, folder: Path, report: Path) -> tuple[int, str, list[str]]:
    done = platform.nexus(
        "import", "documents", str(folder), "--publish", "--report", str(report), check=False
    )
    rows = json.loads(report.read_text())["rows"]
    return done.returncode, done.stdout, [row["outcome"] for row in rows]


def test_a_folder_of_documents_goes_in_once_and_its_bad_row_stays_out(running, tmp_path):
    folder, report = a_folder(tmp_path), tmp_path / "report.json"
    code, told, rows = outcomes(running, folder, report)
    assert (code, rows) == (1, ["created", "created", "refused"])
    assert "there is no file 'nowhere.pdf' in the folder" in told
    assert "damaged.pdf is kept, but its text was not read: damaged." in told
    code, _, rows = outcomes(running, folder, report)
    assert (code, rows) == (1, ["unchanged", "unchanged", "refused"])
