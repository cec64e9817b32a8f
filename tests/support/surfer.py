"""A browser without a screen: keeps cookies, reads forms, sends them."""

import re
from dataclasses import dataclass, field
from html import unescape

import httpx2

from nexus.caller import Role
from tests.support.platforms import RunningPlatform


@dataclass
class Surfer:
    """Somebody on the site of one sector."""

    platform: RunningPlatform
    sector: str = "tic"
    client: httpx2.Client = field(init=False)

    def __post_init__(self) -> None:
        base = self.platform.url(self.sector, "/").rstrip("/")
        self.client = httpx2.Client(base_url=base, timeout=20, follow_redirects=True)

    def get(self, path: str) -> httpx2.Response:
        """Open a page."""
        return self.client.get(path, headers={"Accept": "text/html"})

    def post(self, path: str, page: str, /, **fields: str | list[str]) -> httpx2.Response:
        """Send a form that stands on `page`, with its token."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.get(page).text)
        token = {"csrf": unescape(found[1])} if found else {}
        return self.send(path, **token, **fields)

    def send(self, path: str, /, **fields: str | list[str]) -> httpx2.Response:
        """Send fields, and nothing else."""
        return self.client.post(path, data=fields, headers={"Accept": "text/html"})

    def sign_in_as(self, email: str, *roles: Role) -> "Surfer":
        """Sign in through an invitation of the operator's, which gives these roles."""
        wanted = [option for role in roles for option in ("--role", role.value)]
        link = self.platform.nexus(
            "invite", self.sector, email, "--url", str(self.client.base_url).rstrip("/"), *wanted
        ).stdout.strip()
        token = link.rpartition("token=")[2]
        assert self.send("/fr/connexion/lien", token=token).status_code == 200
        return self
