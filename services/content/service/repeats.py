"""A command that comes again under the same key is done once, and answered each time.

The header Idempotency-Key of the API: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
The note of a command is written before it is done, with the id that a new item of it will have: whoever goes on
after a crash finds the item under that id, or makes it under that id."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol
from uuid import uuid4

from nexus.caller import Caller
from nexus.errors import Conflict, NexusError, Unavailable
from services.content.contracts.editing import Item, SaveItem, TurnItem
from services.content.domain.repeats import KEPT, Attempt, digest, is_too_old, is_under_way


class Kept(Protocol):
    """Where attempts are kept."""

    def begin(self, attempt: Attempt) -> Attempt | None: ...
    def take_over(self, known: Attempt, at: datetime) -> bool: ...
    def finish(self, attempt: Attempt, answer: str) -> None: ...
    def drop(self, attempt: Attempt) -> None: ...
    def forget(self, before: datetime) -> None: ...


class Repeats:
    """Does commands that name a key once."""

    def __init__(self, kept: Kept, clock: Callable[[], datetime]) -> None:
        self._kept = kept
        self._clock = clock

    def once(self, command: SaveItem | TurnItem, caller: Caller, do: Callable[[str | None], Item]) -> Item:
        """The result of `do`, or that of the first time. `do` is given the id for a new item, if it is to have
        a certain one. A refusal is not kept: nothing was changed, and the command may be tried again.

        Raises Conflict(`idempotency_key_reused`, `idempotency_in_progress`)."""
        if command.once is None:
            return do(None)
        attempt = Attempt(
            name=digest(str(caller.sector), caller.person, command.once),
            command=digest(command.method, command.model_dump_json(exclude={"once"})),
            item_id=uuid4().hex,
            at=self._clock(),
        )
        while known := self._kept.begin(attempt):
            if is_too_old(known, attempt.at):
                self._kept.drop(known)
                continue
            if known.command != attempt.command:
                raise Conflict("idempotency_key_reused")
            if known.answer is not None:
                return Item.model_validate_json(known.answer)
            if is_under_way(known, attempt.at) or not self._kept.take_over(known, attempt.at):
                raise Conflict("idempotency_in_progress")
            attempt = replace(attempt, item_id=known.item_id)
            break
        return self._done(attempt, do)

    def forget(self) -> None:
        """What is too old to be repeated."""
        self._kept.forget(self._clock() - KEPT)

    def _done(self, attempt: Attempt, do: Callable[[str | None], Item]) -> Item:
        try:
            item = do(attempt.item_id)
        except Unavailable:
            raise  # nobody knows whether it was written: whoever asks again goes on from there
        except NexusError:
            self._kept.drop(attempt)
            raise
        self._kept.finish(attempt, item.model_dump_json())
        return item
