"""The sectors that there are, and the public addresses of their sites, for links in what is mailed."""

from typing import Any

from nexus.composition import Resources, load_entry_point
from nexus.settings import Settings


def sectors_of(settings: Settings) -> dict[str, Any]:
    """The sectors by name, as the gateway describes them, in the order of their ports."""
    found: dict[str, Any] = load_entry_point("nexus.gateway", "sectors")(settings.sectors)
    return found


def site_url(settings: Settings, offset: int = 0) -> str:
    """The address of a gateway, `offset` ports beyond the one set; without a slash at its end."""
    return settings.base_url or f"http://{settings.host}:{settings.port + offset}"


def site_urls(resources: Resources) -> dict[str, str]:
    """The address of each sector's site: NEXUS_SITES; embedded, those of this process."""
    settings = resources.settings
    if settings.sites or not resources.embedded:
        return settings.sites
    return {name: site_url(settings, offset) for offset, name in enumerate(sectors_of(settings))}
