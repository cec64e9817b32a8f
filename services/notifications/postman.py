"""Takes waiting messages to their channel: each at least once, and once as far as the other side lets us know."""

import random
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from prometheus_client import Counter

from nexus.errors import Unavailable
from nexus.mongo import AWAY
from nexus.telemetry import log
from services.notifications.channels import Channel, Send, Undeliverable
from services.notifications.domain.consent import Held
from services.notifications.domain.messages import (
    LEASE,
    Ground,
    Letter,
    Message,
    Suppressed,
    is_given_up,
    pause,
    without_secrets,
)
from services.notifications.store import Clock, Ended, MessageStore

MAILS = Counter("nexus_mails_total", "Messages by what became of an attempt", ["kind", "outcome"])

Write = Callable[[Message], Letter]
Writing = Callable[[], Write]  # for one round: what it has looked up once, it need not again

MOST_HANDS = 4  # connections at once
_EACH = 10  # messages that are worth a connection
_REST = 5  # times the first pause, before a channel that was away is tried again


class _Batch:
    """What was taken at once, for several hands, and how it is written. After `until` nothing more is begun: its lease
    would end too soon."""

    def __init__(self, taken: list[Message], until: datetime, write: Write) -> None:
        self.write = write
        self._left = list(reversed(taken))
        self._until = until
        self._turn = threading.Lock()

    def next(self, now: datetime) -> Message | None:
        with self._turn:
            return self._left.pop() if self._left and now < self._until else None

    def rest(self) -> list[Message]:
        """All that nobody has begun; nobody will."""
        with self._turn:
            left, self._left = self._left, []
            return left


class Postman:
    """Sends what is due, one round at a time in each process.

    Neither the words of a message nor what an error repeats of them are ever logged."""

    def __init__(
        self, store: MessageStore, writing: Writing, channel: Channel, clock: Clock, first_pause: float
    ) -> None:
        """`first_pause` is in seconds; each further attempt waits twice as long."""
        self._store = store
        self._writing = writing
        self._channel = channel
        self._clock = clock
        self._first_pause = first_pause
        self._turn = threading.Lock()
        self._rests_until: datetime | None = None

    def wake(self) -> None:
        """Say that something was stored; returns at once. What a round under way misses, the next tick finds."""
        threading.Thread(target=self.send_due, name="nexus-mail", daemon=True).start()

    def send_due(self) -> None:
        """End what came too late, and send what is due now."""
        if not self._turn.acquire(blocking=False):
            return
        try:
            for kind in self._store.expire(self._clock()):
                MAILS.labels(kind, "expired").inc()
            if not self._rests():
                self._round()
        except AWAY as error:  # what is stored stays so; the next tick comes all the same
            log.warning("mail_store_away", error=type(error).__name__)
        finally:
            self._turn.release()

    def _rests(self) -> bool:
        return self._rests_until is not None and self._clock() < self._rests_until

    def _round(self) -> None:
        while not self._rests() and (taken := self._store.take_due(self._clock())):
            hands = min(MOST_HANDS, -(-len(taken) // _EACH))
            batch = _Batch(taken, self._clock() + LEASE / 2, self._writing())
            others = [threading.Thread(target=self._work, args=(batch,)) for _ in range(hands - 1)]
            for thread in others:
                thread.start()
            self._work(batch)
            for thread in others:
                thread.join()

    def _work(self, batch: "_Batch") -> None:
        """Send what is left of a batch, over a connection of its own."""
        message: Message | None = None
        try:
            try:
                with self._channel.open() as send:
                    while message := batch.next(self._clock()):
                        self._send(message, batch.write, send)
            except Unavailable as error:
                self._rest([*([message] if message else []), *batch.rest()], error)
        except AWAY as error:  # of what is not noted down the lease ends
            log.warning("mail_store_away", error=type(error).__name__)

    def _rest(self, left: list[Message], error: Unavailable) -> None:
        """The channel is away, which is no message's fault: attempts stay as they are."""
        self._rests_until = self._clock() + timedelta(seconds=self._first_pause * _REST)
        if left:
            self._store.put_back(left, self._rests_until)
        log.warning("mail_channel_away", code=error.code, reason=error.details.get("reason"))

    def _send(self, message: Message, write: Write, send: Send) -> None:
        letter: Letter | None = None
        try:
            letter = write(message)
            if letter.fell_back:
                self._store.note_fallback(message.id)
            answer = send(letter)
        except Unavailable:
            raise
        except Suppressed as why:
            self._end(message, "suppressed", why.reason)
        except Held as quiet:
            self._store.put_back([message], quiet.until)
        except Undeliverable as refused:
            self._failed(message, letter, refused.answer, refused.permanent)
        except Exception as error:  # a defect of ours; its words may repeat the message's
            self._failed(message, letter, f"internal_error ({type(error).__name__})", permanent=False)
        else:
            self._end(message, "sent", without_secrets(answer, message, letter.to), letter.ground)

    def _end(self, message: Message, state: Ended, answer: str, ground: Ground | None = None) -> None:
        self._store.end(message.id, state, self._clock(), answer, ground)
        MAILS.labels(message.kind, state).inc()

    def _failed(self, message: Message, letter: Letter | None, answer: str, permanent: bool) -> None:
        tried = replace(message, attempts=message.attempts + 1)
        error, now = without_secrets(answer, message, letter.to if letter else None), self._clock()
        given_up = is_given_up(tried.attempts, permanent)
        if given_up:
            self._store.park(tried, error, now)
        else:
            luck = random.random()  # noqa: S311 - jitter
            self._store.try_again(tried, now + pause(tried.attempts, self._first_pause, luck), error)
        outcome = "parked" if given_up else "failed"
        MAILS.labels(message.kind, outcome).inc()
        log.warning(f"mail_{outcome}", message=message.id, kind=message.kind, error=error)
