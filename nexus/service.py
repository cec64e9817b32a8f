"""How a service declares its doors: `@rpc`, `@on` and `@every` on the methods of a plain class."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar, get_args, get_origin, get_type_hints

from nexus.messages import Event, Request

F = TypeVar("F", bound=Callable[..., Any])

_MARK = "__nexus_door__"


def rpc(method: F) -> F:
    """Answers the request that the first argument's type names: `method(self, message, caller) -> result`."""
    setattr(method, _MARK, "rpc")
    return method


def on(*events: type[Event]) -> Callable[[F], F]:
    """Handles each of `events`, at least once, in whatever order: `method(self, event)`.

    A method annotated `list[…]` is given several at a time, of any of the types."""

    def mark(method: F) -> F:
        setattr(method, _MARK, events)
        return method

    return mark


def every(*, seconds: float = 0, minutes: float = 0) -> Callable[[F], F]:
    """Runs at this interval in each process that serves the service: `method(self)`."""

    def mark(method: F) -> F:
        setattr(method, _MARK, float(seconds + 60 * minutes))
        return method

    return mark


@dataclass(frozen=True)
class RpcDoor:
    """A request that the service answers."""

    method: str
    message: type[Request[Any]]


@dataclass(frozen=True)
class Subscription:
    """A handler and one event type that it wants."""

    service: str
    method: str
    event: type[Event]
    batch: bool

    @property
    def name(self) -> str:
        """Identifies the handler in the inbox: `search.index`."""
        return f"{self.service}.{self.method}"

    @property
    def queue(self) -> str:
        """The durable queue, named as nameko names it."""
        return f"evt-{self.event.source}-{self.event.type}--{self.name}"


@dataclass(frozen=True)
class Tick:
    """A method that runs at an interval, in seconds."""

    method: str
    interval: float


class Service:
    """A plain class whose marked methods are its doors. `name` is its name on the wire."""

    name: ClassVar[str]
    rpcs: ClassVar[dict[str, RpcDoor]]
    subscriptions: ClassVar[tuple[Subscription, ...]]
    ticks: ClassVar[tuple[Tick, ...]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        marked = [
            (name, method, getattr(method, _MARK))
            for name, method in inspect.getmembers(cls, inspect.isfunction)
            if hasattr(method, _MARK)
        ]
        cls.rpcs = {
            name: RpcDoor(name, _message_type(cls, name, method))
            for name, method, mark in marked
            if mark == "rpc"
        }
        cls.subscriptions = tuple(
            Subscription(cls.name, name, event, batch=_takes_list(method))
            for name, method, mark in marked
            if isinstance(mark, tuple)
            for event in mark
        )
        cls.ticks = tuple(Tick(name, mark) for name, _, mark in marked if isinstance(mark, float))


def _parameter_types(method: Callable[..., Any]) -> list[Any]:
    hints = get_type_hints(method)
    hints.pop("return", None)
    return list(hints.values())


def _message_type(cls: type[Service], name: str, method: Callable[..., Any]) -> type[Request[Any]]:
    message: type[Request[Any]] = _parameter_types(method)[0]
    if message.method != name or message.service not in (None, cls.name):
        raise TypeError(f"{cls.name}.{name} answers {message.service}.{message.method}: names must agree")
    return message


def _takes_list(method: Callable[..., Any]) -> bool:
    first = _parameter_types(method)[0]
    return get_origin(first) is list and bool(get_args(first))
