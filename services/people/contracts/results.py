"""What fits a company, mailed to whoever is signed in: to their own address, and to no other."""

from typing import Annotated

from pydantic import Field, StringConstraints

from nexus.caller import Language
from nexus.messages import Command, Event
from services.people.contracts.people import Address

Query = Annotated[str, StringConstraints(max_length=1_000, pattern=r"^(\?[A-Za-z0-9_=&%+.~-]*)?$")]


class MailResult(Command[None], service="people"):
    """Mail me the address of this result: that of the page that sorts programs on the site at `base_url`, with these
    answers. Refused with `result_mailed_often` for a while after several."""

    base_url: Address
    answers: Query = Field(description="As the address of the page has them, with the question mark")
    language: Language = "fr"


class ResultAsked(Event, service="people"):
    """`sealed` holds `{to, link}` for the notifications service, and is readable to it alone."""

    id: str
    sector: str
    language: Language
    sealed: str

    @property
    def subject(self) -> str:
        return self.id
