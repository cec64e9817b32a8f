"""A site with an identity provider, at an address that passkeys can belong to, in both runtimes."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.engines.programs import free_port
from tests.support.openid_provider import OpenIdProvider
from tests.support.platforms import ROOT, EmbeddedPlatform, RunningPlatform
from tests.support.surfer import Surfer


def settings_with(provider: OpenIdProvider, folder: Path) -> dict[str, str]:
    """The environment of a gateway whose sector `tic` has this provider; `folder` gets the sectors' files."""
    shutil.copytree(ROOT / "sectors", folder)
    table = (
        f'\n[provider]\nissuer = "{provider.issuer}"\nclient_id = "{provider.client_id}"\n'
        'name = { fr = "l’Alliance", en = "the Alliance" }\n'
    )
    with (folder / "tic.toml").open("a") as file:
        file.write(table)
    secrets = {"tic": provider.client_secret}
    return {
        "NEXUS_SECTORS": str(folder),
        "NEXUS_OIDC_SECRETS": json.dumps(secrets),
        "NEXUS_HOST": "localhost",
    }


@contextmanager
def embedded_with(provider: OpenIdProvider, folder: Path) -> Iterator[RunningPlatform]:
    """A platform of its own."""
    platform = EmbeddedPlatform(folder)
    platform.environment |= settings_with(provider, folder / "sectors")
    platform.start()
    try:
        yield platform
    finally:
        platform.stop()


@contextmanager
def gateway_with(
    provider: OpenIdProvider, folder: Path, distributed: RunningPlatform
) -> Iterator[RunningPlatform]:
    """One more gateway of a distributed platform."""
    site = RunningPlatform(folder, environment=distributed.environment, ports={"tic": free_port()})
    settings = settings_with(provider, folder / "sectors")
    site.spawn("gateway-tic", "gateway", "tic", NEXUS_PORT=str(site.ports["tic"]), **settings)
    try:
        site.wait_ready(site.url("tic", "/readyz"))
        yield site
    finally:
        site.stop()


def address(site: RunningPlatform, sector: str = "tic") -> str:
    """The sector's site by its name, which passkeys need."""
    return f"http://localhost:{site.ports[sector]}"


def surfer_of(site: RunningPlatform) -> Surfer:
    """Somebody on the site by its name."""
    surfer = Surfer(site)
    surfer.client.base_url = address(site)  # type: ignore[assignment]
    return surfer
