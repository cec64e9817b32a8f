"""Posts, pages and activities from files written by hand: Markdown with YAML front matter, or YAML.

NAME.fr.md and NAME.en.md are one article in two languages. Their front matter says in each what is a text
(`title`, `slug`, `tags` …), and in both the same, or in one of them, what is not (`date`, `themes` …)."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from services.content.contracts import SourceRow
from services.content.importing.decoding import decode, load_yaml
from services.content.importing.files import FileError, file_inside, read_bytes
from services.content.importing.mapping import Fault, faults_in

_NAME = re.compile(r"^(?P<name>.+)\.(?P<language>fr|en)\.md$")
_FRONT = re.compile(r"\A---[ \t]*\r?\n(?P<front>.*?)^---[ \t]*\r?\n(?P<body>.*)\Z", re.DOTALL | re.MULTILINE)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_IN_EACH_LANGUAGE = ("title", "summary", "slug", "authors", "tags", "keywords", "cover_alt")


@dataclass(frozen=True)
class Article:
    """What a file, or a pair of them, says: `row`, or what is wrong with it."""

    where: str
    row: SourceRow[Any] | None
    faults: tuple[Fault, ...] = ()
    picture: Path | None = None  # its cover, to be sent before it


def read_articles(root: Path, row: type[SourceRow[Any]]) -> list[Article]:
    """The articles in the folder `root`, or the one that the file `root` is part of, as rows of `row`."""
    folder = root if root.is_dir() else root.parent
    named = [(path, match) for path in sorted(folder.iterdir()) if (match := _NAME.match(path.name))]
    asked = None if root.is_dir() else _NAME.match(root.name)
    if not root.is_dir() and asked is None:
        return [Article(root.name, None, (Fault("", "its name must end in .fr.md or .en.md"),))]
    files: dict[str, dict[str, Path]] = {}
    for path, match in named:
        if asked is None or match["name"] == asked["name"]:
            files.setdefault(match["name"], {})[match["language"]] = path
    return [_article(name, pair, row) for name, pair in files.items()]


def _article(name: str, files: dict[str, Path], row: type[SourceRow[Any]]) -> Article:
    try:
        read = {language: _front_and_body(path) for language, path in files.items()}
        fields = _merged(read)
        picture = _take_cover(fields, next(iter(files.values())).parent)
    except FileError as error:
        return Article(error.place or f"{name}.md", None, (Fault("", error.reason),))
    article = _checked(f"{name}.md", fields.pop("external_id", name), fields, row)
    return replace(article, picture=picture)


def _front_and_body(path: Path) -> dict[str, Any]:
    try:
        match = _FRONT.match(decode(read_bytes(path), None))
        if match is None:
            raise FileError("must begin with YAML between two lines of ---")
        documents = load_yaml(match["front"])
        if len(documents) != 1 or not isinstance(documents[0], dict):
            raise FileError("must have named fields between its lines of ---")
    except FileError as error:
        raise FileError(error.reason, f"{path.name} {error.place}".rstrip()) from None
    return {**documents[0], "body": match["body"].strip() or None}


def _merged(read: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The fields of both languages as one content. Raises FileError where they contradict each other."""
    fields: dict[str, Any] = {}
    for language, front in read.items():
        for key, value in front.items():
            if key in (*_IN_EACH_LANGUAGE, "body"):
                if value is not None:
                    fields.setdefault(key, {})[language] = value
            elif fields.setdefault(key, value) != value:
                raise FileError(f"{key} is not the same in both languages")
    return fields


def _take_cover(fields: dict[str, Any], folder: Path) -> Path | None:
    """Give `fields` the cover in the form that a post has it; the picture, where it is named as a file of `folder`.

    Raises FileError."""
    cover, alt = fields.pop("cover", None), fields.pop("cover_alt", None)
    if cover is None and alt is None:
        return None
    if not isinstance(cover, str) or not alt:
        raise FileError(
            "a cover is two fields: cover, a picture beside the text, and cover_alt, what it shows"
        )
    picture = None
    if not _SHA256.fullmatch(cover):
        picture = file_inside(folder, cover)
        cover = hashlib.sha256(read_bytes(picture)).hexdigest()
    fields["cover"] = {"sha256": cover, "alt": alt}
    return picture


def read_list(file: Path, row: type[SourceRow[Any]]) -> list[Article]:
    """The items of a YAML or JSON list, each with its `external_id`, as rows of `row`."""
    try:
        documents = load_yaml(decode(read_bytes(file), None))
    except FileError as error:
        return [Article(f"{file.name} {error.place}".rstrip(), None, (Fault("", error.reason),))]
    items = [
        one for document in documents for one in (document if isinstance(document, list) else [document])
    ]
    return list(_listed(file, items, row))


def _listed(file: Path, items: list[Any], row: type[SourceRow[Any]]) -> Iterator[Article]:
    for number, item in enumerate(items, 1):
        where = f"{file.name}, item {number}"
        if isinstance(item, dict):
            fields = dict(item)
            yield _checked(where, fields.pop("external_id", None), fields, row)
        else:
            yield Article(where, None, (Fault("", "is not an object with named fields"),))


def _checked(where: str, external_id: Any, fields: dict[str, Any], row: type[BaseModel]) -> Article:
    try:
        made: Any = row.model_validate({"external_id": external_id, "content": fields})
    except ValidationError as error:
        return Article(where, None, tuple(faults_in(error)))
    return Article(where, made)
