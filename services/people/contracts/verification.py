"""Editors are asked to verify programs."""

from nexus.caller import Language
from nexus.messages import Event


class VerificationAsked(Event, service="people"):
    """`sealed` holds `{to, items}` for the notifications service, and is readable to it alone; `items` is JSON of a
    list of its `DueItem`."""

    id: str
    sector: str
    language: Language
    sealed: str

    @property
    def subject(self) -> str:
        return self.id
