"""What meetings tell the people service: what they hold of somebody who asks, and what they purged."""

from typing import Annotated

from pydantic import Field, StringConstraints

from nexus.messages import Query
from nexus.personal import DataAnswered, DataPurged
from services.meetings.contracts.documents import DocumentPart
from services.meetings.contracts.words import Id


class MeetingsAnswered(DataAnswered, service="meetings"):
    """The part of meetings in a request."""


class MeetingsPurged(DataPurged, service="meetings"):
    """A night of meetings."""


class ReadExportedDocument(Query[DocumentPart], service="meetings"):
    """Some bytes of a document that somebody brought, for who has the `grant` of their export. Refused with
    `document_not_found`."""

    grant: Annotated[str, StringConstraints(max_length=2_000)] = Field(repr=False)
    meeting: Id
    document: Id
    offset: int = Field(0, ge=0)
