"""The public addresses of the sectors' sites, for links in what is mailed."""

from nexus.composition import Resources, load_entry_point
from nexus.settings import Settings


def site_url(settings: Settings, offset: int = 0) -> str:
    """The address of a gateway, `offset` ports beyond the one set; without a slash at its end."""
    return settings.base_url or f"http://{settings.host}:{settings.port + offset}"


def site_urls(resources: Resources) -> dict[str, str]:
    """The address of each sector's site: NEXUS_SITES; embedded, those of this process."""
    settings = resources.settings
    if settings.sites or not resources.embedded:
        return settings.sites
    sectors = load_entry_point("nexus.gateway", "sectors")(settings.sectors)
    return {name: site_url(settings, offset) for offset, name in enumerate(sectors)}
