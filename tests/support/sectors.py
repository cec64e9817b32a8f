"""Settings of a sector, as its administrator would write them."""

from typing import Any

from services.content.contracts.sectors import SectorSettings


def settings(**changed: Any) -> SectorSettings:
    """Settings with a name, an accent and a contact of their own."""
    told = {
        "title": {"fr": "Emploi NEXUS – Musique", "en": "Emploi NEXUS – Music"},
        "short": {"fr": "Musique", "en": "Music"},
        "tagline": {"fr": "Embauchez des musiciens.", "en": "Hire musicians."},
        "colours": {"accent": "#8a1c4a", "accent_dark": "#f0a6c4", "on_accent": "#ffffff"},
        "contact": {
            "name": "L’Orchestre",
            "email": "bonjour@example.org",
            "address": "1, rue de la Scène, Montréal",
        },
    }
    return SectorSettings.model_validate(told | changed)
