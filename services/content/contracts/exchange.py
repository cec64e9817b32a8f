"""Publications in and out in bulk: exports of what a list shows, imports with a preview before anything is written."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from nexus.messages import Command, Message, Query
from services.content.contracts.editing import ItemFilter, ItemKind
from services.content.contracts.files import UploadId
from services.content.contracts.publications import Outcome

LARGEST_IMPORT = 10 * 1024 * 1024  # bytes of a file
MOST_ROWS = 5_000  # of one import
ROWS_SHOWN = 50  # on one page of a report

ImportId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
GivenName = Annotated[str, StringConstraints(min_length=1, max_length=150, pattern=r"^[^/\\\x00-\x1f]+$")]


class Exported(Message):
    """Some of what the filters leave. `items` are rows of cells under `columns`, or objects (`columns` is empty)."""

    columns: tuple[str, ...]
    items: tuple[Any, ...]
    total: int


class ExportItems(ItemFilter, Query[Exported], service="content"):
    """What ListItems shows under the same filters, with all fields in both languages. For editors.

    `table`: a row for each, whose cells are texts; of a list each value ends with a semicolon. `tree`: an object for
    each. Both have `id`, `revision` and `status`, and can be imported again. An order that others change while pages
    are read may repeat or leave out an item: ask in the order of `title`."""

    shape: Literal["table", "tree"]


class MappingName(StrEnum):
    """How records become programs: as exports write them, or as a mapping that comes with the platform says."""

    HOUSE = "nexus"
    HSDS = "hsds3"
    HSDS_NEXUS = "hsds3-nexus"
    AID_PROGRAMS_FR = "aid-programs-fr"


OWN_MAPPING = "own"  # of who imports, from a file


class ImportState(StrEnum):
    """reading → ready (to be looked at) → importing → done; or failed."""

    READING = "reading"
    READY = "ready"
    IMPORTING = "importing"
    DONE = "done"
    FAILED = "failed"


class RowFault(Message):
    """What is wrong with a field. `reason` is English; `code` is a refusal's, pydantic's, a ReadingFault or a
    MappingFault, whose words `details` fill."""

    field: str
    code: str
    reason: str
    details: dict[str, str] = Field(default_factory=dict)


class ImportJob(Message):
    """An import. `total` None: the file is not read yet. `error`: a code; `faults`: those of one's own mapping.
    `mapping`: a MappingName, or OWN_MAPPING.

    `planned` is what the preview found, `counts` what is done so far, or else planned so far."""

    id: ImportId
    kind: ItemKind
    file: str
    mapping: str
    publish: bool
    by: str
    at: AwareDatetime
    state: ImportState
    done: int
    total: int | None
    counts: dict[Outcome, int]
    planned: dict[Outcome, int]
    error: str | None = None
    faults: tuple[RowFault, ...] = ()


class ReadingFault(StrEnum):
    """Why a file, or a row of one, cannot be read, or a mapping gives nothing for it; with its details."""

    FILE_UNREADABLE = "file_unreadable"
    FILE_EMPTY = "file_empty"
    FILE_TOO_LARGE = "file_too_large"  # megabytes
    NOT_TEXT = "not_text"  # encoding
    NOT_JSON = "not_json"  # column
    NOT_YAML = "not_yaml"
    VALUE_UNREADABLE = "value_unreadable"
    ALIAS_INSIDE_ITSELF = "alias_inside_itself"  # anchor
    TOO_MANY_VALUES = "too_many_values"  # values, levels
    KEY_REPEATED = "key_repeated"  # key
    RECORDS_NOT_FOUND = "records_not_found"  # expressions
    CSV_BROKEN = "csv_broken"
    NO_WORKBOOK = "no_workbook"
    WORKBOOK_DAMAGED = "workbook_damaged"
    WORKBOOK_TOO_LARGE = "workbook_too_large"  # megabytes
    SHEET_UNKNOWN = "sheet_unknown"  # sheet, sheets
    TOO_MANY_ROWS = "too_many_rows"  # rows
    HEADER_MISSING = "header_missing"  # row
    HEADER_EMPTY = "header_empty"
    COLUMN_REPEATED = "column_repeated"  # column
    CELLS_WITHOUT_COLUMN = "cells_without_column"  # cells, columns
    SPREADSHEET_ERROR = "spreadsheet_error"  # error, column
    JOINED_UNREADABLE = "joined_unreadable"  # file
    NOT_AN_OBJECT = "not_an_object"
    NO_IDENTIFIER = "no_identifier"
    EXPRESSION_FAILED = "expression_failed"  # expression
    TEXT_EXPECTED = "text_expected"
    LIST_EXPECTED = "list_expected"  # expression
    OBJECT_EXPECTED = "object_expected"  # expression
    VALUE_IN_THE_WAY = "value_in_the_way"  # name
    NOT_IN_TABLE = "not_in_table"  # value, known
    NOT_A_DATE = "not_a_date"  # value, formats


class MappingFault(StrEnum):
    """Why a mapping cannot be used; with its details."""

    NOT_READABLE = "mapping_not_readable"
    NOT_TOML = "mapping_not_toml"  # line, column
    KEY_UNKNOWN = "mapping_key_unknown"  # name, close (or empty), known
    KEY_MISSING = "mapping_key_missing"
    NOT_AN_EXPRESSION = "mapping_not_an_expression"  # text
    NOT_A_PATTERN = "mapping_not_a_pattern"  # text
    NOT_A_DATE_FORMAT = "mapping_not_a_date_format"  # text
    NOT_A_TEMPLATE = "mapping_not_a_template"  # text
    ENCODING_UNKNOWN = "mapping_encoding_unknown"  # text
    NOT_ONE_ORIGIN = "mapping_not_one_origin"  # origins
    EACH_WITHOUT_FIELDS = "mapping_each_without_fields"
    USING_WITHOUT_TEMPLATE = "mapping_using_without_template"
    FIELD_UNKNOWN = "mapping_field_unknown"  # name, close (or empty), known
    NOT_A_LIST_OF_OBJECTS = "mapping_not_a_list_of_objects"
    FIELDS_MISSING = "mapping_fields_missing"  # names
    LANGUAGE_MISSING = "mapping_language_missing"  # name
    TABLE_UNKNOWN = "mapping_table_unknown"  # name, close (or empty), known


class CellChange(Message):
    """A field by its column, as it was and as it will be; long texts are cut."""

    field: str
    before: str
    after: str


class RowReport(Message):
    """What becomes, or became, of one row of the file."""

    place: str
    label: str
    outcome: Outcome
    item_id: str | None = None
    faults: tuple[RowFault, ...] = ()
    changes: tuple[CellChange, ...] = ()


class ImportView(Message):
    """An import and some of its rows; `total` of them have the outcome asked for."""

    job: ImportJob
    rows: tuple[RowReport, ...]
    total: int


class Uploaded(Message):
    """A file that was sent by KeepPart, all of it; no FinishUpload follows."""

    upload: UploadId
    parts: int = Field(ge=1, le=200)


class PreviewImport(Command[ImportJob], service="content"):
    """Read a file and say what it would change; nothing is written. Goes on in the background. For editors.

    The file is kept until its import ends, or for a month. It may be a ZIP of several. `mapping_file`: a mapping of
    one's own (TOML). Only programs can be mapped; other kinds come as exports write them. Refused:
    `upload_incomplete`, `file_too_large`, `mapping_not_for_kind`."""

    kind: ItemKind
    file: Uploaded
    name: GivenName
    mapping: MappingName = MappingName.HOUSE
    mapping_file: Uploaded | None = None
    publish: bool = Field(False, description="show new ones at once; else they are drafts")


class RunImport(Command[ImportJob], service="content"):
    """Write what was previewed. Goes on in the background, also after a crash. For editors of the same sector.

    Refused: `import_not_found`, `import_not_ready`."""

    id: ImportId


class GetImport(Query[ImportView], service="content"):
    """How far it is, and rows of its preview, or of its report once it runs. For editors of the same sector."""

    id: ImportId
    outcome: Outcome | None = None
    page: int = Field(1, ge=1, le=10_000)


class ImportList(Message):
    """Latest first."""

    items: tuple[ImportJob, ...]


class ListImports(Query[ImportList], service="content"):
    """The latest imports of the caller's sector. For editors."""

    limit: int = Field(10, ge=1, le=50)
