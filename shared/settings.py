"""Settings, read once from the environment and from `.veche/stack.env`, which `veche stack up` writes."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, DotEnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict
from typing_extensions import override

STACK_FILE = Path(".veche/stack.env")


def stack_file(start: Path) -> Path:
    """Return the file of the checkout that a folder lies in; outside of one, that of the folder itself."""
    for folder in (start, *start.parents):
        if (folder / "deploy" / "native").is_dir() and (folder / "pyproject.toml").is_file():
            return folder / STACK_FILE
    return start / STACK_FILE


class Settings(BaseSettings):
    """What every service and the command line need to know. Variables are `VECHE_` and the name in capitals.

    One that is empty is not set.
    """

    model_config = SettingsConfigDict(
        env_prefix="VECHE_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        hide_input_in_errors=True,  # some are secrets
    )

    kafka: str = "127.0.0.1:9092"
    mongo: str = "mongodb://127.0.0.1:27017/?replicaSet=veche"
    redis: str = "redis://127.0.0.1:6379/0"
    database_prefix: str = "veche"
    """Databases are PREFIX_SERVICE."""
    host: str = "127.0.0.1"
    """Where a service listens; in a container 0.0.0.0."""
    ingest_url: str = "http://127.0.0.1:8081"
    moderation_url: str = "http://127.0.0.1:8082"
    engagement_url: str = "http://127.0.0.1:8083"
    reporting_url: str = "http://127.0.0.1:8084"
    gateway_url: str = "http://127.0.0.1:8085"
    delivery_url: str = "http://127.0.0.1:8086"
    token: SecretStr | None = None
    """The personal token or service key that the command line sends."""
    policy_delay_s: float = Field(default=15.0, ge=0)
    """When a stored policy takes effect: above the refresh and the clock skew together."""
    policy_refresh_s: float = Field(default=5.0, gt=0)
    """Nobody folds with policies read longer ago."""
    models_mb: int = Field(default=210, ge=64)
    """Classifiers that a process of moderation holds: five of the largest, as many as a policy asks, or some hundred smaller
    ones. All of it fits into a container of 512 MB."""
    secrets: Path | None = None
    """The folder of credentials that connections name by file, a folder a brand in it; read by ingest and delivery alone."""
    body_bytes_max: int = Field(default=1_000_000, gt=0)
    """The largest request body; Telegram's largest update seen is 40 kB."""
    hook_rate: float = Field(default=500.0, gt=0)
    """Deliveries a second that a connection's webhook takes for ever: a platform's busiest community is far below, and it is
    a tenth of what one edge takes."""
    hook_burst: int = Field(default=5_000, ge=1)
    """Deliveries at once: what a platform kept for us through some minutes of our absence."""
    events_rate: float = Field(default=10_000.0, gt=0)
    """Events a second that a service key may send for ever: about what one normaliser folds, so imports are not slower."""
    events_burst: int = Field(default=50_000, ge=1_000)
    """Events at once; a batch of 1,000 must fit."""
    platform_apis: dict[str, str] = {}
    """Addresses of platforms' APIs that are not the platform's own, as JSON: a local Bot API server, a proxy."""
    public_url: str | None = None
    """Where platforms reach the ingest service, `https://veche.example.org`: YouTube's hub is told."""
    pages_url: str | None = Field(
        default=None,
        pattern=r"^(https://[^/?#@\s]+|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?)/?\z",  # as pydantic's regex has it
    )
    """Where people reach the pages, `https://staff.example.org`: its scheme and host are those that a browser must name.
    Without it what a request says is believed. Plain http is for the loopback."""
    appeal_secret: SecretStr | None = Field(default=None, min_length=16)
    """By which links to appeals are signed: whoever knows it can make them all. Without it, or without `pages_url`, notices
    hold no link. Another secret makes links that were sent before useless."""
    proxies: int = Field(default=0, ge=0, le=10)
    """How many proxies of our own stand before the pages: so many addresses of X-Forwarded-For are believed."""
    member_secret: SecretStr | None = Field(default=None, min_length=16)
    """By which links to members' own pages are signed. Without it, or without `pages_url`, members are given none; another
    secret makes links that were given before useless."""
    draw_key: SecretStr | None = Field(default=None, min_length=32)
    """From which the seeds of contests' draws are derived: whoever knows it and the round can tell winners ahead of others.
    Without it nothing is drawn. Another key, while a draw is committed to, makes that draw impossible."""
    drand_url: str = Field(default="https://api.drand.sh", pattern=r"^https?://[^\s?#]+\z")
    """Where rounds of drand are asked for; several services on the loopback may stand in for it."""
    private_feeds: bool = False
    """Whether feeds may be asked for at addresses inside the own network."""
    private_webhooks: bool = False
    """Whether webhooks may go to addresses inside the own network, and by plain http."""
    smtp: str | None = Field(default=None, pattern=r"^(smtps?|smtp\+plain)://([^/?#@\s:]+@)?[^/?#@\s:]+(:\d+)?/?\z")
    """The mail server, `smtp://user@mail.example.org:587` (TLS is asked for, and needed), `smtps://…` (TLS from the start),
    `smtp+plain://…` (none: for a server on the same machine)."""
    smtp_password: SecretStr | None = None
    mail_from: str = Field(default="veche@localhost", pattern=r"^[^\s<>,;]+@[^\s<>,;@]+\z")
    """Who mails are from."""
    reports: Path | None = None
    """The folder into which reporting puts files of scheduled reports, a folder a brand in it; without it there are none."""
    report_grace_s: float = Field(default=3_600.0, ge=0, le=86_400)
    """How long a scheduled report waits after its period is over, for events that come late."""
    log_level: str = "INFO"
    trace_ratio: float = Field(default=0.05, ge=0, le=1)
    """The share of requests that are traced; a span costs as much as folding an event."""
    traces_exporter: str = Field(default="none", validation_alias="OTEL_TRACES_EXPORTER")
    otlp_endpoint: str = Field(default="http://127.0.0.1:4318", validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT")
    zipkin_endpoint: str = Field(
        default="http://127.0.0.1:9411/api/v2/spans", validation_alias="OTEL_EXPORTER_ZIPKIN_ENDPOINT"
    )
    trace_ui: str | None = None
    """Where a person opens a trace."""

    @classmethod
    @override
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the stack's file wherever in the checkout a command runs."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, DotEnvSettingsSource(settings_cls, env_file=stack_file(Path.cwd()))

    def database(self, service: str) -> str:
        """Return the name of a service's database."""
        return f"{self.database_prefix}_{service}"

    def port(self, service: str) -> int:
        """Return the port on which a service listens: that of its address."""
        return int(str(getattr(self, f"{service}_url")).rpartition(":")[2])
