"""A mapping file: how one directory's records become programs. TOML, checked strictly.

Expressions are JMESPath (https://jmespath.org); keys with spaces or accents stand in double quotes there.
"""

import codecs
import re
import string
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeAlias

import jmespath
from jmespath.exceptions import JMESPathError
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic import model_validator as check

from services.content.contracts import ExternalId, Language
from services.content.contracts.exchange import MappingFault, RowFault
from services.content.importing import targets
from services.content.importing.mapping_faults import as_fault, from_pydantic, not_toml, wrong, wrong_name

SHIPPED = Path(__file__).parent / "mappings"
DATE_TOKENS = {"YYYY": "%Y", "MM": "%m", "DD": "%d"}
ORIGINS = ("path", "column", "value", "template", "first", "parts", "each")


class MappingError(Exception):
    """A mapping cannot be used. The message says in English where and what to do, `faults` by their codes."""

    def __init__(self, message: str, faults: tuple[RowFault, ...] = ()) -> None:
        self.faults = faults
        super().__init__(message)


def _expression(text: str) -> str:
    try:
        jmespath.compile(text)
    except JMESPathError as error:
        reason = str(error).partition(", for expression")[0]
        raise wrong(MappingFault.NOT_AN_EXPRESSION, reason, text=text) from None
    return text


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise wrong(MappingFault.NOT_A_PATTERN, str(error), text=text) from None
    return text


def _date_format(text: str) -> str:
    rest = text
    for token in DATE_TOKENS:
        once = rest.count(token) == 1
        rest = rest.replace(token, "", 1) if once else "%"
    if any(ch.isalnum() or ch == "%" for ch in rest):
        raise wrong(MappingFault.NOT_A_DATE_FORMAT, text=text)
    return text


def _template(text: str) -> str:
    try:
        names = list(template_names(text))
    except ValueError:
        names = []
    if not names or not all(name.isidentifier() for name in names):
        raise wrong(MappingFault.NOT_A_TEMPLATE, text=text)
    return text


def _encoding(text: str) -> str:
    try:
        codecs.lookup(text)
    except LookupError:
        raise wrong(MappingFault.ENCODING_UNKNOWN, text=text) from None
    return text


def template_names(template: str) -> list[str]:
    """The names in braces, in their order. Raises ValueError for unbalanced braces."""
    return [name for _, name, _, _ in string.Formatter().parse(template) if name is not None]


def _short_form(given: Any) -> Any:
    if isinstance(given, str):
        return {"path": given}
    if isinstance(given, list):
        return {"first": given}
    return given


def _listed(given: Any) -> Any:
    return [given] if isinstance(given, str) else given


Expression = Annotated[str, AfterValidator(_expression)]
RuleOrShort: TypeAlias = "Annotated[Rule, BeforeValidator(_short_form)]"
Some = BeforeValidator(_listed)


class Part(BaseModel):
    """Anything in a mapping file: frozen, without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(Part):
    """Where a value comes from (exactly one of ORIGINS) and what is done with it, in the order below.

    Short forms: a string is its `path`, a list its `first`."""

    path: Expression | None = Field(None, description="JMESPath on the record")
    column: str | None = Field(None, description="the name of a column or key, taken literally")
    value: Any = Field(None, description="a constant")
    template: Annotated[str, AfterValidator(_template)] | None = Field(
        None, description="text with names in braces; nothing if one of them is empty"
    )
    using: dict[str, RuleOrShort] = Field({}, description="what the names of `template` stand for")
    first: tuple[RuleOrShort, ...] | None = Field(
        None, description="alternatives: the first that gives something"
    )
    parts: tuple[RuleOrShort, ...] | None = Field(None, description="a list of all that these give")
    each: Expression | None = Field(
        None, description="a list of which each item becomes an object of `fields`"
    )
    fields: dict[str, RuleOrShort] = Field({}, description="the rules for each item of `each`")

    split: str | None = Field(None, min_length=1, description="cut a text into a list at this")
    match: Annotated[str, AfterValidator(_pattern)] | None = Field(
        None, description="keep what this regular expression finds (its group, if it has one)"
    )
    not_in: str | tuple[str, ...] | None = Field(None, description="drop values in this list or named table")
    table: str | dict[str, Any] | None = Field(
        None, description="translate by this table, or the one of this name"
    )
    unmapped: Literal["refuse", "drop", "keep"] = Field(
        "refuse", description="what `table` does with other values"
    )
    date: Annotated[tuple[Annotated[str, AfterValidator(_date_format)], ...], Some] | None = Field(
        None, description="formats of a date, as DD/MM/YYYY"
    )
    join: Literal["bullets", "numbers", "paragraphs", "lines", "commas", "spaces"] | None = Field(
        None, description="make one (Markdown) text of a list"
    )
    default: Any = Field(None, description="if nothing was found")

    @check(mode="after")
    def _one_origin(self) -> Self:
        given = [name for name in ORIGINS if getattr(self, name) is not None]
        if len(given) != 1:
            has = " and ".join(given) or "none"
            raise wrong(MappingFault.NOT_ONE_ORIGIN, has, origins=", ".join(ORIGINS))
        if bool(self.each) != bool(self.fields):
            raise wrong(MappingFault.EACH_WITHOUT_FIELDS)
        if self.using and not self.template:
            raise wrong(MappingFault.USING_WITHOUT_TEMPLATE)
        return self


class Join(Part):
    """Records of another file of the same folder, put under `name` where `key` there equals `on` here."""

    name: str
    file: str = Field(description="in the folder of the record's own file; nothing is joined if it is absent")
    on: str
    key: str = "id"
    many: bool = Field(False, description="all that match, as a list; else the first")


class Reading(Part):
    """Which files hold records, and where in them."""

    files: Annotated[tuple[str, ...], Some] = Field(
        (), description="patterns of names, in folders; none: all"
    )
    rows: Annotated[tuple[Expression, ...], Some] = Field(
        (), description="the list of records in a YAML or JSON document; the first expression that gives one"
    )
    where: Expression | None = Field(None, description="take only records for which this is true")
    sheet: str | None = Field(None, description="of a workbook; none: the first")
    header: int = Field(1, ge=1, le=1000, description="the row of the column names, from 1")
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    encoding: Annotated[str, AfterValidator(_encoding)] | None = None
    join: tuple[Join, ...] = ()


class Base(Part):
    """For records that have the shape of a program already: start from all of `path`."""

    path: Expression = "@"
    without: tuple[str, ...] = ()


class Mapping(Part):
    """A whole mapping file."""

    source: ExternalId = Field(
        description="the name of the directory; with external_id it identifies a program"
    )
    description: str = ""
    language: Language | None = Field(None, description="of texts for which a rule names no language")
    external_id: RuleOrShort
    read: Reading = Reading()
    base: Base | None = None
    tables: dict[str, dict[str, Any]] = {}
    fields: dict[str, RuleOrShort] = {}

    @check(mode="after")
    def _targets_exist(self) -> Self:
        targets.check_names(self.fields, targets.PROGRAM)
        for name, rule in self.fields.items():
            if rule.fields:
                targets.check_names(rule.fields, targets.items_of(name), under=f"{name}.")
        return self

    @check(mode="after")
    def _complete(self) -> Self:
        if self.base:
            return self
        missing = [
            name for name in ("title", "kind") if not any(f.split(".")[0] == name for f in self.fields)
        ]
        if missing:
            raise wrong(MappingFault.FIELDS_MISSING, names=", ".join(missing))
        spoken = [name for name in self.fields if name in targets.TEXTS]
        if spoken and not self.language:
            raise wrong(MappingFault.LANGUAGE_MISSING, name=spoken[0])
        return self

    @check(mode="after")
    def _tables_exist(self) -> Self:
        for rule in self._all_rules():
            for name in (rule.table, rule.not_in):
                if isinstance(name, str) and name not in self.tables:
                    raise wrong_name(MappingFault.TABLE_UNKNOWN, name, self.tables)
        return self

    def _all_rules(self) -> list[Rule]:
        found, waiting = [], [self.external_id, *self.fields.values()]
        while waiting:
            rule = waiting.pop()
            found.append(rule)
            waiting += [*(rule.first or ()), *(rule.parts or ()), *rule.using.values(), *rule.fields.values()]
        return found


def shipped_names() -> list[str]:
    """The mappings that come with the platform."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def load_mapping(name_or_path: str) -> Mapping:
    """The mapping in a file, or the shipped one of that name. Raises MappingError."""
    path = SHIPPED / f"{name_or_path}.toml" if name_or_path in shipped_names() else Path(name_or_path)
    try:
        return parse_mapping(path.read_bytes())
    except OSError as error:
        raise MappingError(
            f"Cannot read the mapping {name_or_path!r}: {error.strerror}. "
            f"Give a TOML file, or the name of a shipped mapping: {', '.join(shipped_names())}."
        ) from None
    except MappingError as error:
        raise MappingError(f"The mapping {name_or_path!r} cannot be used:\n{error}", error.faults) from None


def parse_mapping(given: bytes) -> Mapping:
    """The mapping written in `given`, which is TOML. Raises MappingError with every fault on a line of its own."""
    text = ""
    try:
        text = given.decode("utf-8-sig")
        return Mapping.model_validate(tomllib.loads(text))
    except UnicodeDecodeError:
        faults = [as_fault(wrong(MappingFault.NOT_READABLE))]
    except tomllib.TOMLDecodeError as error:
        faults = [not_toml(text, error)]
    except ValidationError as error:
        faults = [from_pydantic(item, _part_at(item["loc"]).model_fields) for item in error.errors()]
    lines = (f"  {one.field}: {one.reason}" if one.field else f"  {one.reason}" for one in faults)
    raise MappingError("\n".join(lines), tuple(faults))


def _part_at(loc: tuple[str | int, ...]) -> type[Part]:
    if len(loc) < 2:
        return Mapping
    if loc[0] == "read":
        return Join if len(loc) > 2 else Reading
    return Base if loc[0] == "base" else Rule
