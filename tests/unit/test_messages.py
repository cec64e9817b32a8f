"""Messages and their names on the wire."""

import pytest
from pydantic import ValidationError

from nexus.composition import declaration, service_names
from nexus.errors import Conflict, Defect, InvalidInput, StaleRevision, error_from
from nexus.messages import CloudEvent, Event
from nexus.service import Service, every, on, rpc
from services.content.contracts import GetProgram, Program, ProgramPublished, ProgramRetired
from services.content.contracts.verification import VerificationDue
from services.search.contracts import Search
from tests.support.contents import program


def test_a_request_is_named_after_its_service_and_class():
    assert (GetProgram.service, GetProgram.method) == ("content", "get_program")


def test_an_event_type_has_the_name_space_the_service_and_a_version():
    assert ProgramPublished.type == "ca.emploinexus.content.program_published.v1"


def test_writing_a_message_refuses_unknown_fields():
    with pytest.raises(ValidationError):
        GetProgram(ref="x", colour="red")  # type: ignore[call-arg]


def test_reading_a_message_ignores_unknown_fields_at_every_depth():
    data = program().model_dump(mode="json") | {"colour": "red"}
    data["content"]["colour"] = "red"
    assert Program.read(data) == program()


def test_a_message_that_cannot_be_read_says_which_field_is_wrong():
    with pytest.raises(InvalidInput) as refused:
        Search.read({"q": "x" * 501, "page": "many"})
    assert [error["field"] for error in refused.value.details["errors"]] == ["q", "page"]


def test_an_event_survives_its_envelope():
    event = ProgramPublished(program=program())
    envelope = CloudEvent.model_validate_json(CloudEvent.of(event, "00-a-b-01").model_dump_json())
    assert (envelope.subject, envelope.service, envelope.specversion) == ("p1", "content", "1.0")
    assert ProgramPublished.read(envelope.data) == event


@pytest.mark.parametrize(("sectors", "told"), [((), "*"), (("tic",), "tic"), (("aero", "tic"), "aero tic")])
def test_the_envelope_tells_whose_an_event_is_though_nobody_could_read_it(sectors, told):
    shared = program(sectors=sectors)
    assert CloudEvent.of(ProgramPublished(program=shared)).sectors == told
    gone = ProgramRetired(id="p1", revision=2, title=shared.content.title, sectors=sectors)
    assert CloudEvent.of(gone).sectors == told


def test_of_all_events_that_are_handled_only_those_of_the_platform_name_no_sector():
    events = {door.event for name in service_names() for door in declaration(name).subscriptions}
    assert {event.type for event in events if not names_its_sectors(event)} == {VerificationDue.type}


def names_its_sectors(event: type[Event]) -> bool:
    return "sector" in event.model_fields or event.belongs_to is not Event.belongs_to


def test_a_refusal_keeps_its_family_and_details_on_the_wire():
    error = error_from("StaleRevision", "stale_revision", {"revision": 3})
    assert isinstance(error, StaleRevision)
    assert isinstance(error, Conflict)
    assert error.details == {"revision": 3}


def test_a_refusal_of_an_unknown_family_is_a_defect():
    assert isinstance(error_from("KeyError", "whatever", {}), Defect)


def test_a_service_declares_its_doors_with_markers():
    class Example(Service):
        name = "content"

        @rpc
        def get_program(self, query: GetProgram, caller: object) -> Program: ...  # type: ignore[empty-body]

        @on(ProgramPublished, ProgramRetired)
        def hear(self, events: list[ProgramPublished | ProgramRetired]) -> None: ...

        @every(minutes=2)
        def tidy(self) -> None: ...

    assert Example.rpcs["get_program"].message is GetProgram
    assert [(one.event, one.batch, one.name) for one in Example.subscriptions] == [
        (ProgramPublished, True, "content.hear"),
        (ProgramRetired, True, "content.hear"),
    ]
    assert Example.subscriptions[0].queue == f"evt-content-{ProgramPublished.type}--content.hear"
    assert Example.ticks[0].interval == 120


def test_a_method_must_be_named_after_the_request_that_it_answers():
    with pytest.raises(TypeError, match="names must agree"):

        class Example(Service):
            name = "content"

            @rpc
            def fetch(self, query: GetProgram, caller: object) -> Program: ...  # type: ignore[empty-body]
