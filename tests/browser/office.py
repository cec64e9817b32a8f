"""Who comes into the back office in a browser."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page

from nexus.caller import Role
from tests.support.platforms import RunningPlatform

Enter = Callable[..., Page]


def an_address() -> str:
    return f"somebody-{uuid4().hex[:8]}@example.org"


@pytest.fixture
def enter(chromium: Browser, site: RunningPlatform) -> Iterator[Enter]:
    """A window of somebody who has been invited, and has followed the link."""
    contexts = []

    def entered(*roles: Role, **options: object) -> Page:
        context = chromium.new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        wanted = [option for role in roles for option in ("--role", role.value)]
        url = site.url("tic", "/").rstrip("/")
        page.goto(site.nexus("invite", "tic", an_address(), "--url", url, *wanted).stdout.strip())
        page.get_by_role("main").get_by_role("button").click()
        return page

    yield entered
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def editor_state(chromium: Browser, site: RunningPlatform) -> object:
    """The cookies of an administrator who also edits."""
    context = chromium.new_context()
    page = context.new_page()
    url = site.url("tic", "/").rstrip("/")
    roles = ("--role", "admin", "--role", "editor")
    page.goto(site.nexus("invite", "tic", an_address(), "--url", url, *roles).stdout.strip())
    page.get_by_role("main").get_by_role("button").click()
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def open_admin(chromium: Browser, site: RunningPlatform, editor_state: object) -> Iterator[Enter]:
    """Opens a page of the back office."""
    contexts = []

    def opened(path: str, **options: object) -> Page:
        context = chromium.new_context(storage_state=editor_state, **options)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.goto(site.url("tic", path))
        return page

    yield opened
    for context in contexts:
        context.close()
