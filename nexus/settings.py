"""The settings: environment variables named NEXUS_…, read once, passed down."""

import os
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, StringConstraints
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from nexus.errors import InvalidInput
from nexus.personal import RETENTION

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_SHORTEST_PASSWORD = 16  # characters of what opens an engine; who makes them chooses their form


def _sites(given: Any) -> Any:
    """`tic=https://tic.example.org,aero=…` as a dictionary."""
    if not isinstance(given, str):
        return given
    return dict(part.strip().partition("=")[::2] for part in given.split(",") if part.strip())


def _days(given: Any) -> Any:
    """`documents=90,companies=730` as a dictionary."""
    if not isinstance(given, str):
        return given
    return dict(part.strip().partition("=")[::2] for part in given.split(",") if part.strip())


def _known_kinds(days: dict[str, int]) -> dict[str, int]:
    unknown = sorted(set(days) - {one.kind for one in RETENTION if not one.fixed})
    if unknown:
        raise ValueError(f"nothing is kept as {unknown[0]}")
    return days


def _listed(given: Any) -> Any:
    """`48,2` as a list."""
    return [part for part in given.split(",") if part.strip()] if isinstance(given, str) else given


Hours = Annotated[
    tuple[Annotated[int, Field(ge=1, le=24 * 30)], ...],
    NoDecode,
    BeforeValidator(_listed),
]
Days = Annotated[
    dict[str, Annotated[int, Field(ge=1, le=36_500)]],
    NoDecode,
    BeforeValidator(_days),
    AfterValidator(_known_kinds),
]
Sites = Annotated[
    dict[str, Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+$")]],
    NoDecode,
    BeforeValidator(_sites),
]


class Settings(BaseSettings):
    """Every setting of every process. `nexus doctor` prints this table with the values in force.

    A setting may also stand in a file of its name (`nexus_rabbitmq_url`) in the folder NEXUS_SECRETS."""

    model_config = SettingsConfigDict(
        env_prefix="NEXUS_", extra="ignore", frozen=True, secrets_dir=os.environ.get("NEXUS_SECRETS")
    )

    runtime: Literal["embedded", "distributed"] = Field(
        "embedded", description="where commands find the platform: in this data folder, or on the broker"
    )
    data: Path = Field(Path("data"), description="folder that holds everything of the embedded platform")
    sectors: Path | None = Field(None, description="folder of the sectors' TOML files; none: those shipped")
    host: str = Field("127.0.0.1", description="address that gateways and health pages listen on")
    port: int = Field(8001, description="port of a gateway; `nexus run` gives the next ones to the others")
    health_port: int = Field(9000, description="port of a service's /healthz, /readyz and /metrics")
    base_url: str | None = Field(
        None, description="public address of a gateway, if not its own host and port"
    )
    sites: Sites = Field(
        {},
        description="public addresses of the gateways, for links in mails: tic=https://tic.example.org,aero=…",
    )
    link_checks: bool = Field(True, description="whether the links of what is published are looked at")
    webhook_loopback: bool = Field(
        False,
        description="whether webhooks may go to this machine, without TLS as well: to try them, never in production",
    )
    rate_limit: int = Field(
        600,
        ge=0,
        description="requests a minute that one address may make of a gateway, beyond its cache; 0: any",
    )
    rabbitmq_url: SecretStr | None = Field(None, description="amqp://user:password@host:port/vhost")
    mongodb_url: SecretStr | None = Field(None, description="mongodb://user:password@host:port")
    elasticsearch_url: SecretStr | None = Field(None, description="http(s)://user:password@host:port")
    database_prefix: str = Field("nexus", description="first part of each service's database and index names")
    preview_secret: SecretStr | None = Field(
        None,
        description="shared by content, people and notifications: signs previews of drafts and links of mails, seals "
        "what editors are told; embedded, one is made in the data folder",
    )
    smtp_url: SecretStr | None = Field(
        None,
        description="smtp://user:password@host:587 (STARTTLS) or smtps://; embedded, none: mail goes to a folder",
    )
    mail_from: str | None = Field(
        None, description="address that mail comes from, where NEXUS_SMTP_URL is set"
    )
    dkim_key: SecretStr | None = Field(
        None,
        description="RSA key as PEM, with which mails are signed for the domain of NEXUS_MAIL_FROM (DKIM)",
    )
    dkim_selector: str = Field(
        "nexus", pattern=r"^[a-z0-9-]{1,63}$", description="under which the DNS has its public half"
    )
    reminder_hours: Hours = Field(
        (48, 2), description="how long before a meeting its company is reminded of it: 48,2; nothing: never"
    )
    retention_days: Days = Field(
        {},
        description="days that personal data is kept, where not the usual ones: documents=90,companies=730 "
        "(docs/operations.md has the table)",
    )
    replies_maildir: Path | None = Field(
        None,
        description="a Maildir into which replies of calendars to invitations are delivered; none: they are not read",
    )
    replies_imap: SecretStr | None = Field(
        None,
        description="imaps://user:password@host:993/FOLDER, where such replies come in, in place of a Maildir",
    )
    texts: bool = Field(
        False,
        description="whether a reminder by text message can be asked for; for gateways, meetings and notifications",
    )
    text_url: SecretStr | None = Field(
        None,
        description="for notifications, where NEXUS_TEXTS is on: an address of apprise with {to} for the number, "
        "such as twilio://SID:TOKEN@FROM/{to}",
    )
    oidc_secrets: dict[str, SecretStr] = Field(
        {}, description='secrets of the sectors\' identity providers, as JSON: {"tic": "…"}'
    )
    retry_pause: float = Field(
        2.0, ge=0, description="seconds before a failed event or mail is tried again; doubles"
    )
    upload_quiet: float = Field(
        60.0,
        ge=0,
        description="seconds without another upload before somebody is told which documents could not be read",
    )
    sealing_secret: SecretStr | None = Field(
        None,
        description="shared by people, meetings and notifications; embedded, one is made in the data folder",
    )
    log_level: Literal["debug", "info", "warning", "error"] | None = Field(
        None, description="least level logged; not set: info, of `nexus run`, which people read, warning"
    )
    log_format: Literal["console", "json"] = Field("console", description="json: one object a line")

    @cached_property
    def broker_user(self) -> str:
        """The user name in `rabbitmq_url`."""
        return urlsplit(self.need("rabbitmq_url")).username or "guest"

    def need(
        self, name: Literal["rabbitmq_url", "mongodb_url", "elasticsearch_url", "smtp_url", "text_url"]
    ) -> str:
        """The address of an engine.

        Raises InvalidInput: `setting_missing` when it is not set; `setting_weak` when an engine beyond this machine
        is to be opened without a password that deserves the name."""
        secret: SecretStr | None = getattr(self, name)
        if secret is None:
            raise InvalidInput("setting_missing", setting=f"NEXUS_{name.upper()}")
        url = secret.get_secret_value()
        if name not in ("smtp_url", "text_url"):  # their passwords are another house's to choose
            _require_password(url, f"NEXUS_{name.upper()}", needed=name != "elasticsearch_url")
        return url


def require_strong(secret: str, setting: str, shortest: int = 32) -> str:
    """`secret`, if it can be one: long, and not one character again and again. Raises InvalidInput(`setting_weak`)."""
    if len(secret) < shortest or len(set(secret)) < 8:
        raise InvalidInput("setting_weak", setting=setting, needed=f"{shortest} random characters")
    return secret


def _require_password(url: str, setting: str, needed: bool) -> None:
    """`needed`: also where the address names no user. Elasticsearch may stand open in a network of its own."""
    address = urlsplit(url)
    if address.hostname in LOOPBACK or not (needed or address.username):
        return
    require_strong(unquote(address.password or ""), setting, _SHORTEST_PASSWORD)
