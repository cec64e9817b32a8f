"""Who asks, and what they may do."""

import pytest

from nexus.caller import Caller, Role, Scope, anonymous, operator, system
from nexus.errors import Forbidden, Unavailable
from nexus.transports.wire import read_answer, read_caller, refusal_arguments, request_body


def test_a_visitor_has_no_role():
    with pytest.raises(Forbidden):
        anonymous("tic").require(Role.EDITOR)


def test_a_key_passes_where_its_scope_is_named_and_nowhere_else():
    key = Caller(sector="tic", person="key:1", scopes=frozenset({Scope.PROGRAMS_WRITE}))
    key.require(Role.EDITOR, Scope.PROGRAMS_WRITE)
    with pytest.raises(Forbidden, match="scope_required") as refused:
        key.require(Role.EDITOR, Scope.POSTS_WRITE)
    assert refused.value.details == {"scopes": ["posts:write"]}
    for role in Role:
        with pytest.raises(Forbidden, match="role_required"):
            key.require(role)
    with pytest.raises(Forbidden, match="role_required"):
        anonymous("tic").require(Role.EDITOR, Scope.PROGRAMS_WRITE)


def test_who_does_not_know_scopes_yet_takes_a_key_for_a_visitor():
    header = Caller(sector="tic", person="key:1", scopes=frozenset(Scope)).model_dump_json()
    assert read_caller(header, "gateway-tic").roles == frozenset()


def test_an_operator_may_touch_every_sector():
    assert operator("anne").may_touch(("aero",))


def test_a_sector_touches_its_own_and_what_is_shared():
    caller = anonymous("tic")
    assert caller.may_touch(())
    assert caller.may_touch(("tic", "aero"))
    assert not caller.may_touch(("aero",))


def test_a_gateway_speaks_for_its_own_sector_alone():
    header = Caller(sector="aero").model_dump_json()
    assert read_caller(header, "gateway-aero").sector == "aero"
    with pytest.raises(Forbidden, match="sender_not_proven"):
        read_caller(header, None)
    with pytest.raises(Forbidden, match="sector_not_proven"):
        read_caller(header, "gateway-tic")


def test_a_gateway_cannot_speak_for_all_sectors():
    with pytest.raises(Forbidden, match="sector_not_proven"):
        read_caller(Caller(roles=frozenset({Role.ADMIN})).model_dump_json(), "gateway-tic")
    with pytest.raises(Forbidden, match="sector_not_proven"):
        read_caller(None, "gateway-tic")


def test_a_service_may_act_for_a_sector_and_a_gateway_cannot_pretend_to_be_one():
    header = system("people", "tic").model_dump_json()
    assert read_caller(header, "people").roles == {Role.SYSTEM}
    with pytest.raises(Forbidden, match="role_not_proven"):
        read_caller(header, "gateway-tic")


def test_a_caller_that_cannot_be_read_is_refused():
    with pytest.raises(Forbidden, match="caller_unreadable"):
        read_caller('{"roles": 7}', "cli")


def test_a_request_body_is_what_nameko_expects():
    assert request_body('{"ref":"x"}') == b'{"args":[],"kwargs":{"ref":"x"}}'


def test_an_answer_is_its_result_and_a_refusal_is_raised():
    assert read_answer(b'{"result": {"a": 1}, "error": null}') == b'{"a":1}'
    assert read_answer(b'{"result":{"a":1},"error":null}') == b'{"a":1}'
    code, details = refusal_arguments(Unavailable("engine_away", port=5672))
    body = '{"result": null, "error": {"exc_type": "Unavailable", "exc_args": ["%s", %s]}}'
    with pytest.raises(Unavailable, match="engine_away") as refused:
        read_answer((body % (code, '"' + details.replace('"', '\\"') + '"')).encode())
    assert refused.value.details == {"port": 5672}
