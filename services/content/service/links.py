"""Links of what is published: checked every now and then, told to editors when they are broken. And their doors."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from nexus.audit import note
from nexus.caller import Caller
from nexus.errors import NotFound
from nexus.service import every, rpc
from nexus.telemetry import log
from services.content.contracts.editing import ItemKind
from services.content.contracts.links import (
    BrokenLink,
    BrokenLinks,
    CheckLinkAgain,
    LinkUse,
    ListBrokenLinks,
    Outcome,
)
from services.content.contracts.publications import Status
from services.content.domain.lifecycle import Item
from services.content.domain.links import Link, Result
from services.content.service.desk import EDITORS
from services.content.store.links import LinkStore

_AT_ONCE = 50  # links in one run
_LEASE = timedelta(minutes=10)  # a run is over long before, unless its process died
_OVERLAP = timedelta(seconds=10)  # clocks of processes differ a little

Check = Callable[[Sequence[str]], Mapping[str, Result]]
Told = tuple[LinkUse, tuple[str, ...], frozenset[str]]


class Changes(Protocol):
    """Where publications of one kind are kept."""

    def changed_since(self, moment: datetime | None) -> Iterable[Item]: ...


class LinkDesk:
    """The use cases. `links_in` finds the links of a content. Without `check`, none is ever looked at."""

    def __init__(
        self,
        kept: LinkStore,
        published: Mapping[ItemKind, Changes],
        links_in: Callable[[Any], frozenset[str]],
        check: Check | None,
        clock: Callable[[], datetime],
    ) -> None:
        self._kept = kept
        self._published = published
        self._links_in = links_in
        self._check = check
        self._clock = clock

    def check_due(self) -> None:
        """Look at the links whose turn it is, if no other process does."""
        if self._check is None or not self._kept.take_turn(self._clock(), _LEASE):
            return
        try:
            self._take_in()
            due = {link.url: link for link in self._kept.due(self._clock(), _AT_ONCE)}
            if due:
                self._keep(due, self._check(list(due)))
        finally:
            self._kept.end_turn(self._clock())

    def broken(self, limit: int, caller: Caller) -> BrokenLinks:
        """What is broken of what the caller may edit."""
        caller.require(*EDITORS)
        links = self._kept.broken(limit)
        told = [one for one in self._kept.uses([link.url for link in links]) if caller.may_touch(one[1])]
        items = [shown for link in links if (shown := self._shown(link, told))]
        return BrokenLinks(items=tuple(items), known=self._kept.count(), on=self._check is not None)

    def again(self, url: str, caller: Caller) -> None:
        """Look at a link in the next run. Raises NotFound(`link_not_found`)."""
        caller.require(*EDITORS)
        link = self._kept.get(url)
        if link is None or not any(caller.may_touch(sectors) for _, sectors, _ in self._kept.uses([url])):
            raise NotFound("link_not_found", url=url)
        self._kept.keep(replace(link, next_check=self._clock()))
        note("link", url[:200], url[:200], after={"checked": "again"})

    def _take_in(self) -> None:
        """What was published, changed or withdrawn since the last run."""
        for kind, kept in self._published.items():
            until = self._kept.seen_until(kind)
            changed = list(kept.changed_since(until - _OVERLAP if until else None))
            latest = max((item.updated_at for item in changed), default=until)
            links = [(item, self._links_of(item)) for item in changed]
            self._kept.take_in(kind, links, latest, self._clock())

    def _links_of(self, item: Item) -> frozenset[str]:
        return self._links_in(item.content) if item.status is Status.PUBLISHED else frozenset()

    def _keep(self, due: Mapping[str, Link], results: Mapping[str, Result]) -> None:
        for url, result in results.items():
            self._kept.keep(due[url].after(result, self._clock()))
        there = sum(result.outcome is Outcome.THERE for result in results.values())
        log.info("links_checked", asked=len(due), answered=len(results), there=there)

    def _shown(self, link: Link, told: Sequence[Told]) -> BrokenLink | None:
        uses = tuple(use for use, _, urls in told if link.url in urls)
        if not uses or link.since is None or link.checked_at is None or link.outcome is None:
            return None
        return BrokenLink(
            url=link.url,
            since=link.since,
            checked_at=link.checked_at,
            outcome=link.outcome,
            status=link.status,
            waits=link.next_check <= self._clock(),
            uses=uses,
        )


class LinkDoors:
    """What the service answers about links."""

    links: LinkDesk

    @rpc
    def list_broken_links(self, query: ListBrokenLinks, caller: Caller) -> BrokenLinks:
        return self.links.broken(query.limit, caller)

    @rpc
    def check_link_again(self, command: CheckLinkAgain, caller: Caller) -> None:
        self.links.again(command.url, caller)

    @every(seconds=20)
    def check_links(self) -> None:
        self.links.check_due()
