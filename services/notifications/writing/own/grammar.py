"""What a template of a sector may do: show fields, ask for them, go through a list once. Nothing else of Jinja: no
calls, no sums, no filters, so that none can run long or grow without bound, whatever it says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.notifications.writing.own.fields import Known

_DEEPEST = 12  # of conditions within conditions
_COMPARED = {"choice", "number"}


@dataclass(frozen=True)
class Fault:
    """What is wrong in a line of a template: a reason with a stable name, and what it is about."""

    reason: str
    line: int
    about: str = ""


def faults(
    source: str,
    names: Mapping[str, Known],
    environment: ImmutableSandboxedEnvironment,
    *,
    secrets: bool,
) -> list[Fault]:
    """Why `source` is refused; nothing if it is not. `secrets`: whether it may show what lets somebody in; whether
    there is any may be asked everywhere."""
    try:
        parsed = environment.parse(source)
        return list(_Reader(names, secrets).read(parsed, {}, 0))
    except TemplateSyntaxError as error:
        return [Fault("syntax", error.lineno, error.message or "")]
    except (RecursionError, ValueError) as error:  # a number of more digits than Python reads
        return [Fault("too_deep" if isinstance(error, RecursionError) else "syntax", 1)]


@dataclass(frozen=True)
class _Reader:
    names: Mapping[str, Known]
    secrets: bool

    def read(self, node: nodes.Node, things: Mapping[str, Known], depth: int) -> Iterator[Fault]:
        """Faults of `node` and all below it; `things` are the lists gone through, by the name of each thing."""
        if depth > _DEEPEST:
            yield Fault("too_deep", node.lineno)
            return
        match node:
            case nodes.For():
                yield from self._loop(node, things, depth)
            case nodes.Getattr():
                yield from self._part(node, things)
            case nodes.Name():
                yield from self._name(node, things)
            case nodes.Compare():
                yield from self._comparison(node)
            case nodes.Const() if isinstance(node.value, str | int):
                return
            case nodes.Template() | nodes.Output() | nodes.TemplateData():
                yield from self._below(node, things, depth)
            case nodes.If() | nodes.CondExpr():
                yield from _Reader(self.names, secrets=True).read(node.test, things, depth + 1)
                for child in node.iter_child_nodes(exclude=("test",)):
                    yield from self.read(child, things, depth + 1)
            case nodes.And() | nodes.Or() | nodes.Not():
                yield from self._below(node, things, depth + 1)
            case _:
                yield Fault("not_allowed", node.lineno, type(node).__name__.lower())

    def _below(self, node: nodes.Node, things: Mapping[str, Known], depth: int) -> Iterator[Fault]:
        for child in node.iter_child_nodes():
            yield from self.read(child, things, depth)

    def _loop(self, node: nodes.For, things: Mapping[str, Known], depth: int) -> Iterator[Fault]:
        over = self.names.get(node.iter.name) if isinstance(node.iter, nodes.Name) else None
        each = node.target.name if isinstance(node.target, nodes.Name) else None
        if things:
            yield Fault("nested_loop", node.lineno)
        elif not (over and over.parts and each) or each in self.names or node.recursive or node.test:
            yield Fault("loop_over_what", node.lineno)
        else:
            for child in node.body:
                yield from self.read(child, {each: over}, depth + 1)
            for child in node.else_:
                yield from self.read(child, {}, depth + 1)

    def _part(self, node: nodes.Getattr, things: Mapping[str, Known]) -> Iterator[Fault]:
        thing = things.get(node.node.name) if isinstance(node.node, nodes.Name) else None
        if thing is None:
            yield Fault("unknown_field", node.lineno, f"….{node.attr}")
            return
        part = (thing.parts or {}).get(node.attr)
        if part is None:
            yield Fault("unknown_field", node.lineno, f"….{node.attr}")
        elif part.secret and not self.secrets:
            yield Fault("secret_here", node.lineno, node.attr)

    def _name(self, node: nodes.Name, things: Mapping[str, Known]) -> Iterator[Fault]:
        known = self.names.get(node.name)
        if node.name in things or (known and known.sort == "list"):
            yield Fault("needs_loop", node.lineno, node.name)
        elif known is None:
            yield Fault("unknown_field", node.lineno, node.name)
        elif known.secret and not self.secrets:
            yield Fault("secret_here", node.lineno, node.name)

    def _comparison(self, node: nodes.Compare) -> Iterator[Fault]:
        """`name == "value"`, of what has few values: a code must not be found out by asking."""
        name: Any = node.expr.name if isinstance(node.expr, nodes.Name) else ""
        known, asked = self.names.get(name), node.ops[0].expr
        if known is None:
            yield Fault("unknown_field", node.lineno, name)
        elif known.sort not in _COMPARED or len(node.ops) > 1 or not isinstance(asked, nodes.Const):
            yield Fault("not_compared", node.lineno, name)
        elif known.sort == "choice" and asked.value not in known.choices:
            yield Fault("unknown_value", node.lineno, f"{name} == {str(asked.value)[:60]}")
        elif known.sort == "number" and type(asked.value) is not int:
            yield Fault("unknown_value", node.lineno, name)
