"""A sector is a TOML file: its words, colours, partners and contact. Adding one needs no code.

What its people say since lies over it (gateway/following.py)."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from nexus.errors import InvalidInput
from nexus.messages import field_errors
from nexus.settings import LOOPBACK

Language = Literal["fr", "en"]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]

_SHIPPED = Path(__file__).parents[1] / "sectors"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(_Model):
    """A text in both languages."""

    fr: str
    en: str

    def __getitem__(self, language: Language) -> str:
        return self.fr if language == "fr" else self.en


class Colours(_Model):
    """`accent` is for the light scheme, `accent_dark` for the dark one; `on_accent` is for text on `accent`."""

    accent: Colour
    accent_dark: Colour
    on_accent: Colour


class Picture(_Model):
    """A picture of this site, and what it shows."""

    path: str
    alt: Bilingual


class Partner(_Model):
    """An organisation that carries the sector's site."""

    name: Bilingual
    url: str | None = None
    role: Bilingual
    logo: Picture | None = None


class Contact(_Model):
    """Whom a visitor of the site may ask."""

    name: str
    url: str | None = None
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    languages: tuple[Language, ...] = ()


def is_safe_address(url: str) -> bool:
    """Whether what is said there stays between the two: over https, or, for trying, on this machine."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (
            parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        )
    except ValueError:
        return False


def _safe(url: str) -> str:
    if not is_safe_address(url) or urlsplit(url).query or urlsplit(url).fragment:
        raise ValueError("must be an https address")
    return url


class IdentityProvider(_Model):
    """Where people of a sector may sign in, besides by a code: an OpenID Connect provider.

    Its secret is none of this file's: NEXUS_OIDC_SECRETS has it. Where `new_members` is false, only people sign in who
    have an account or an invitation. Where there are `domains`, addresses of others are refused."""

    issuer: Annotated[str, StringConstraints(max_length=300), AfterValidator(_safe)]
    client_id: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    name: Bilingual
    domains: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]+\.[a-z]{2,}$")], ...] = ()
    new_members: bool = False


class Sector(_Model):
    """One site, as it is shown now."""

    model_config = ConfigDict(frozen=False)  # its people change it while it is shown

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,30}$")]
    rank: int = Field(description="Its place among the sectors")
    title: Bilingual
    short: Bilingual
    tagline: Bilingual
    lead: Bilingual | None = Field(None, description="Below the tagline; None: what all sectors say")
    colours: Colours
    languages: tuple[Language, ...] = ("fr", "en")
    host: str | None = None
    contact: Contact
    partners: tuple[Partner, ...] = ()
    provider: IdentityProvider | None = None
    known: dict[str, Bilingual] = Field({}, description="The short name of every sector; filled when loaded")

    def take(self, other: "Sector") -> bool:
        """Be shown as `other` says from now on; whether that differs."""
        changed = [name for name in type(self).model_fields if getattr(self, name) != getattr(other, name)]
        for name in changed:
            setattr(self, name, getattr(other, name))
        return bool(changed)


def load_sectors(folder: Path | None = None) -> dict[str, Sector]:
    """The sectors described in `folder` (None: those shipped), by name, in the order of their ranks.

    Raises InvalidInput(`sector_invalid`) with the file and the fields at fault."""
    files = sorted((folder or _SHIPPED).glob("*.toml"))
    sectors = sorted((_load(file) for file in files), key=lambda sector: sector.rank)
    known = {sector.name: sector.short for sector in sectors}
    return {sector.name: sector.model_copy(update={"known": known}) for sector in sectors}


def _load(file: Path) -> Sector:
    try:
        return Sector.model_validate(tomllib.loads(file.read_text()))
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput("sector_invalid", file=file.name, reason=str(error)) from None
    except ValidationError as error:
        raise InvalidInput("sector_invalid", file=file.name, errors=field_errors(error)) from None
