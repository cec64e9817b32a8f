"""Bytes → text → YAML or JSON, without what could exhaust the machine."""

import codecs
from typing import Any

import orjson
import yaml

from services.content.contracts.exchange import ReadingFault
from services.content.importing.files import FileError

try:  # libyaml, ten times faster; not in every build of PyYAML
    from yaml import CSafeLoader as Loader
except ImportError:  # pragma: no cover
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

MAX_DEPTH = 100  # deeper ones overflow the stack of libyaml's binding
MAX_VALUES = 500_000  # in one file, aliases written out

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(content: bytes, encoding: str | None, *, fallback: str | None = None) -> str:
    """`content` as text: by its byte order mark, else in `encoding`, else UTF-8, else in `fallback`.

    Raises FileError with the line of the first byte that is none of these."""
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    wanted = marked or encoding or "utf-8"
    try:
        return content.decode(wanted)
    except UnicodeDecodeError as error:
        if fallback and not (marked or encoding):
            return decode(content, fallback)
        line = content.count(b"\n", 0, error.start) + 1
        raise FileError(
            f"is not {wanted.upper()} text: save it as UTF-8, or, for programs, name its encoding in the mapping "
            '([read] encoding = "cp1252" is what Windows calls ANSI)',
            f"line {line}",
            ReadingFault.NOT_TEXT,
            encoding=wanted.upper(),
        ) from None


def load_json(text: str) -> Any:
    """The JSON document in `text`. Raises FileError with line and column."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise FileError(
            f"is not JSON: {error.msg}, column {error.colno}",
            f"line {error.lineno}",
            ReadingFault.NOT_JSON,
            column=error.colno,
        ) from None


def load_yaml(text: str) -> list[Any]:
    """The YAML documents in `text`; only plain data, no tags of Python's. Raises FileError.

    Refused besides broken YAML: keys written twice (the second would silently win), and documents that
    nest or grow by aliases beyond all use."""
    try:
        _check_size(text)
        loader = Loader(text)
        documents = []
        while loader.check_node():
            node = loader.get_node()
            _check_keys(node)
            documents.append(_constructed(loader, node))
        return documents
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise FileError(f"is not YAML: {error.problem}", line, ReadingFault.NOT_YAML) from None
    except yaml.YAMLError as error:
        reason = str(error).splitlines()[0]
        raise FileError(f"is not YAML: {reason}", code=ReadingFault.NOT_YAML) from None


def _constructed(loader: Loader, node: Any) -> Any:
    try:
        return loader.construct_document(node)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # PyYAML lets these out for values that only look like a date or number: 2025-13-01, !!int ""
        raise FileError(
            f"has a value that is not what it looks like ({error}): quote it",
            code=ReadingFault.VALUE_UNREADABLE,
        ) from None


def _check_size(text: str) -> None:
    """Count values, writing each alias out as often as it is used, without building any."""
    anchors: dict[str, int] = {}
    open_ones: list[tuple[str | None, int]] = []  # anchor of a collection, and the count before it
    count = 0
    for event in yaml.parse(text, Loader=Loader):
        if isinstance(event, yaml.AliasEvent):
            if any(anchor == event.anchor for anchor, _ in open_ones):
                raise FileError(
                    f"has an alias, *{event.anchor}, inside of what it stands for",
                    code=ReadingFault.ALIAS_INSIDE_ITSELF,
                    anchor=event.anchor,
                )
            count += anchors.get(event.anchor or "", 1)
        elif isinstance(event, yaml.ScalarEvent):
            count += 1
            if event.anchor:
                anchors[event.anchor] = 1
        elif isinstance(event, yaml.CollectionStartEvent):
            open_ones.append((event.anchor, count))
            count += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_ones.pop()
            if anchor:
                anchors[anchor] = count - before
        if count > MAX_VALUES or len(open_ones) > MAX_DEPTH:
            raise FileError(
                f"has more than {MAX_VALUES:,} values (aliases written out) or {MAX_DEPTH} levels: split it",
                code=ReadingFault.TOO_MANY_VALUES,
                values=MAX_VALUES,
                levels=MAX_DEPTH,
            )


def _check_keys(node: yaml.Node | None) -> None:
    waiting, met = [node], set()
    while waiting:
        node = waiting.pop()
        if node is None or id(node) in met:
            continue
        met.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            _check_keys_of(node)
            waiting += [value for _, value in node.value]


def _check_keys_of(node: yaml.MappingNode) -> None:
    seen = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.tag.endswith(":merge"):
            continue
        if key.value in seen:
            line = f"line {key.start_mark.line + 1}"
            raise FileError(
                f"has the key {key.value!r} twice", line, ReadingFault.KEY_REPEATED, key=key.value
            )
        seen.add(key.value)
