"""The settings: one typed, frozen object, built once at the edge of a process and passed in.

``load_settings`` merges, weakest first: field defaults, the profile (profiles.toml), the
well-known variables of other tools (OPENAI_*, and MINIO_*/AWS_* when the store is not ours),
the user's file, ./maquette.toml, MAQUETTE_* variables, explicit overrides. A process started
by the stack reads MAQUETTE_SETTINGS_FILE instead of the files.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from maquette.infra import plugins
from maquette.infra.address import bind_host, endpoint, host_port, says_secure, web_url
from maquette.infra.media.limits import MAX_PIXELS

ProfileName = Literal["laptop", "test", "compose", "cluster"]
PartName = Literal["temporal", "store", "models", "worker", "api"]
Placement = Literal["inprocess", "colocated", "per_role"]
Transport = Literal["direct", "http", "handle"]

ROLES = ("generation", "understanding", "text_rendering", "segmentation", "reward", "embedding")
"""The roles that come along."""


def model_roles() -> tuple[str, ...]:
    """The roles that model servers serve: ours, and those of installed packages."""
    return (*ROLES, *(name for name in plugins.named(plugins.ROLES) if name not in ROLES))


def _known_role(name: str) -> str:
    if name not in model_roles():
        raise ValueError(f"no role is named so; expected one of {', '.join(model_roles())}")
    return name


@dataclass(frozen=True)
class KeysFrom:
    """Marks the key of a table that takes certain names."""

    names: Callable[[], tuple[str, ...]]


ModelRole = Annotated[str, AfterValidator(_known_role), KeysFrom(model_roles)]


HostPort = Annotated[str, AfterValidator(host_port)]
Endpoint = Annotated[str, AfterValidator(endpoint)]
Host = Annotated[str, AfterValidator(bind_host)]
WebUrl = Annotated[str, AfterValidator(web_url)]
Port = Annotated[int, Field(ge=0, le=65_535)]


class Section(BaseModel):
    """A group of settings. Unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class StoreSettings(Section):
    """The S3 store that holds artifacts and documents."""

    endpoint: Endpoint = "127.0.0.1:8422"
    """host:port of the S3 service; a scheme before it decides ``secure``."""
    secure: bool = False
    """Use TLS."""
    bucket: str = Field(default="maquette", pattern=r"^[a-z0-9][a-z0-9.-]{2,62}$")
    region: str = "us-east-1"
    access_key: str | None = None
    """Made by the stack on a laptop."""
    secret_key: SecretStr | None = None
    cache_dir: Path = Path("cache")
    """Local file cache; a relative path lies in the data directory."""
    cache_max_bytes: int = Field(default=2_000_000_000, ge=1_000_000)
    timeout_s: float = Field(default=3.0, gt=0, le=120)
    """A store silent for this long is reported as unavailable; retries stay inside it."""

    @model_validator(mode="before")
    @classmethod
    def _scheme_decides(cls, values: Any) -> Any:
        secure = says_secure(str(values.get("endpoint"))) if isinstance(values, dict) else None
        return values if secure is None else {**values, "secure": secure}


class TemporalSettings(Section):
    """The workflow engine."""

    address: HostPort = "127.0.0.1:8423"
    namespace: str = "default"
    task_queue: str = "maquette"
    payload_key: SecretStr | None = None
    """32 bytes in base64. What enters a history is sealed with it, and nothing else is read
    from one; made by the stack on a laptop. Each API and worker of an engine needs the same."""
    plain_runs: Path | None = None
    """JSON file, workflow id to run id: the runs begun before there was a key, whose histories
    may be read unsealed. Written by the stack on a laptop."""

    @field_validator("payload_key")
    @classmethod
    def _check_payload_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _is_key(value.get_secret_value()):
            raise ValueError("expected 32 bytes in base64 (openssl rand -base64 32)")
        return value


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == 32
    except binascii.Error:
        return False


class ServeSettings(Section):
    """Where model roles run and how they are reached."""

    placement: Placement = "colocated"
    """inprocess: direct calls; colocated: one replica for all roles; per_role: one each."""
    transport: Transport = "http"
    """How clients reach the roles; unless set, direct when the placement is inprocess."""
    url: WebUrl = "http://127.0.0.1:8421"
    token: SecretStr | None = None
    ray_address: str | None = None
    """An existing Ray cluster; None starts a local one."""
    threads: int = Field(default=0, ge=0, le=256)
    """Torch threads of a replica; 0: one per CPU core, at most 8."""


class ModelConfig(Section):
    """Which model serves a role."""

    model: str = "bundled"
    """The word bundled, a directory, or a hub id."""
    backend: str | None = None
    """Which of the role's backends serves it; unless set, the model's files tell."""
    options: dict[str, Any] = Field(default_factory=dict)


class PlannerSettings(Section):
    """The language model that plans. With no ``base_url`` the embedded planner works alone."""

    base_url: WebUrl | None = None
    model: str | None = None
    api_key: SecretStr | None = None
    timeout_s: float = Field(default=60.0, gt=0)
    """Seconds of one whole answer."""
    pictures: Literal["auto", "on", "off"] = "auto"
    """Whether attached pictures are shown to it: until it refuses one, always, or never."""


class CriticSettings(Section):
    """From when on a judge's opinion counts. What falls short is told as unjudged, never passed."""

    sure: float = Field(default=0.8, ge=0.5, le=1)
    """Least probability, among the possible answers, of an answer that is believed."""
    enough: float = Field(default=0.5, ge=0, le=1)
    """Reward from which a picture counts as fitting its words."""


class ApiSettings(Section):
    """The HTTP front door."""

    host: Host = "127.0.0.1"
    port: Port = 8420
    token: SecretStr | None = None
    """Callers must present it; made by the stack on a laptop."""


class LimitSettings(Section):
    """What is refused, and how much is done at once."""

    max_upload_bytes: int = Field(default=40_000_000, ge=1)
    """Largest picture file: 3,000 x 3,000 pixels with transparency need 36 MB uncompressed."""
    max_pixels: int = Field(default=16_000_000, ge=1, le=MAX_PIXELS)
    """Largest picture that is taken, width x height."""
    max_body_bytes: int = Field(default=1_000_000, ge=1)
    """Largest JSON request."""
    max_concurrent_tasks: int = Field(default=64, ge=1)
    """Tasks in flight; more are refused with a time to come back."""


class StackSettings(Section):
    """The local stack."""

    managed: tuple[PartName, ...] = ()
    """The parts that ``maquette up`` starts; the others are expected to be there."""
    idle_stop_s: float = Field(default=900.0, ge=0)
    """A stack that ``maquette run`` started stops after so many idle seconds; 0: never."""
    start_timeout_s: float = Field(default=300.0, gt=0)
    """A part that is not ready by then counts as failed."""
    stop_timeout_s: float = Field(default=10.0, gt=0)
    """A part that has not ended by then is killed."""


class LogSettings(Section):
    """What is written to stderr."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["json", "text"] = "json"


class Settings(BaseSettings):
    """Everything a process of Maquette is told about its surroundings."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix="MAQUETTE_",
        env_nested_delimiter="__",
        validate_default=True,
    )

    profile: ProfileName = "laptop"
    data_dir: Path
    """All state of the local stack: database, objects, keys, logs."""
    owner: str = Field(default="local", pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")
    """Whose artifacts and tasks these are when nobody says otherwise."""
    store: StoreSettings = StoreSettings()
    temporal: TemporalSettings = TemporalSettings()
    serve: ServeSettings = ServeSettings()
    models: dict[ModelRole, ModelConfig] = Field(default_factory=dict)
    """Role name to model."""
    planner: PlannerSettings = PlannerSettings()
    critic: CriticSettings = CriticSettings()
    api: ApiSettings = ApiSettings()
    limits: LimitSettings = LimitSettings()
    stack: StackSettings = StackSettings()
    log: LogSettings = LogSettings()

    _origins: dict[str, str] = PrivateAttr(default_factory=dict)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what ``load_settings`` hands in: building the object reads no environment."""
        return (init_settings,)

    def origin(self, name: str) -> str:
        """Where the value of ``section.key`` came from, in words."""
        return self._origins.get(name, "default")
