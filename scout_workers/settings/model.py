"""All settings of one process, as one frozen value."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from platformdirs import user_data_path
from pydantic import Field, PrivateAttr, SecretStr, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from .clock import CronSettings, ScheduleEntry, ScheduleName
from .events import EventSettings
from .layers import Layer, merge
from .models import ModelsSettings, ProvidersSettings
from .retention import RetentionSettings
from .sections import (
    BlobSettings,
    BrokerSettings,
    Count,
    DeadlineSettings,
    LoggingSettings,
    PoolSettings,
    WorkerSettings,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

QueueName = Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_.-]*$")]


def default_data_dir() -> Path:
    """Return where this user's programs keep data, by the platform's habits."""
    return user_data_path("scout-workers", appauthor=False)


class Settings(BaseSettings):
    """What `load` read. Made by `load` alone, which also knows where each value came from."""

    model_config = SettingsConfigDict(
        env_prefix="SCOUT_",
        env_nested_delimiter="__",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    env: str = Field(description="Which settings/<env>.toml was read.")
    database_url: SecretStr | None = Field(
        default=None,
        description="postgresql://… of the database to use. Not set: the embedded Postgres.",
    )
    data_dir: Path = Field(
        default_factory=default_data_dir,
        description="Folder of the embedded Postgres, of blobs in a folder, and of reports.",
    )
    vector_search: bool = Field(description="Install pgvector's tables; needs the extension.")
    pools: PoolSettings
    broker: BrokerSettings
    worker: WorkerSettings
    queues: dict[QueueName, Count] = Field(
        min_length=1,
        description="Slots by queue: how many of its messages one process may hold at once.",
    )
    schedule: dict[ScheduleName, ScheduleEntry] = Field(
        description="What runs by the clock, by name."
    )
    cron: CronSettings
    events: EventSettings
    retention: RetentionSettings
    blobs: BlobSettings
    models: ModelsSettings
    providers: ProvidersSettings
    deadline: DeadlineSettings
    logging: LoggingSettings

    _layers: tuple[Layer, ...] = PrivateAttr(())

    @classmethod
    def from_layers(cls, layers: Sequence[Layer]) -> Settings:
        """Check the merged layers and keep them, to tell where each value came from.

        Raises:
            pydantic.ValidationError: A value is missing or does not fit.
        """
        settings = cls(**merge(layers))
        settings._layers = tuple(layers)
        return settings

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The sources these settings were read from, strongest first."""
        return self._layers

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take only what `load` hands over; it has read the other sources already, once."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    @field_validator("database_url")
    @classmethod
    def _is_postgres(cls, url: SecretStr | None) -> SecretStr | None:
        # The value stays out of the message: it usually holds a password.
        if url and not url.get_secret_value().startswith(("postgresql://", "postgres://")):
            raise ValueError("must begin with postgresql:// (user:password@host:port/database)")
        return url

    @field_validator("data_dir")
    @classmethod
    def _is_absolute(cls, folder: Path) -> Path:
        return folder.expanduser().absolute()
