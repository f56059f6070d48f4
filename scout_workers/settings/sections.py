"""The sections of the settings: types, bounds and meanings. Their values stand in settings/*.toml.

No field has a default here unless it may be absent: a default in two places is two truths.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

Count = Annotated[int, Field(ge=1)]
Milliseconds = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(gt=0)]
SchemaName = Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]{0,62}$")]


class Section(BaseModel):
    """One table of the settings: closed to unknown names, and unchangeable once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class PoolSettings(Section):
    """The two pools of connections, apart so that neither starves the other."""

    application_size: Count = Field(description="Most connections of the application's pool.")
    broker_size: Annotated[int, Field(ge=1, le=6)] = Field(
        description="Most connections of the broker's pool."
    )
    checkout_timeout_seconds: Seconds = Field(
        description="How long a borrower waits for a connection before it is an error."
    )
    operation_timeout_seconds: Seconds = Field(
        description="How long a connection may be held before its socket is shut."
    )


class BrokerSettings(Section):
    """The queue of messages in Postgres."""

    url: SecretStr | None = Field(
        default=None,
        description="Where messages are kept; its scheme chooses the broker: postgresql, "
        "dramatiq-pg, redis, rediss, amqp, amqps or stub. Not set: in the database itself.",
    )
    schema_name: SchemaName = Field(
        description="Postgres schema of the broker's tables; on Redis, what its keys begin with."
    )
    poll_interval_ms: Milliseconds = Field(
        description="Pause before an idle process looks for messages again."
    )
    max_poll_interval_ms: Milliseconds = Field(
        description="What that pause grows to while there are none."
    )
    heartbeat_seconds: Seconds = Field(description="How often a worker process says it is alive.")
    dead_after_missed: Annotated[int, Field(ge=2)] = Field(
        description="Heartbeats a worker may miss before its messages are rescued."
    )
    max_deliveries: Count = Field(
        description="Deliveries of one message before it is dead: it may be killing its worker."
    )
    keep_dead_days: Annotated[int, Field(ge=0)] = Field(
        description="Days after which a dead message is removed for good; 0: never."
    )
    signal: bool = Field(
        description="Wake this process's claimer at once when it sends a message itself."
    )

    @property
    def in_postgres(self) -> bool:
        """Whether messages are kept by our own broker, in this database or another."""
        return self.url is None or self.url.get_secret_value().startswith("postgres")

    @model_validator(mode="after")
    def _polls_in_order(self) -> Self:
        if self.max_poll_interval_ms < self.poll_interval_ms:
            raise ValueError("max_poll_interval_ms must not be less than poll_interval_ms")
        return self


class WorkerSettings(Section):
    """The processes `scout-workers worker` starts."""

    processes: Count = Field(description="Worker processes.")
    threads: Annotated[int, Field(ge=0)] = Field(
        description="Threads of one process; 0 fits them to the slots of the queues served."
    )


class BlobSettings(Section):
    """Where images lie."""

    url: str = Field(
        description='"file:" (the folder blobs in data_dir), "file:/a/folder" or '
        '"s3://bucket/prefix".'
    )
    endpoint_url: str | None = Field(
        default=None, description="Address of an S3-compatible server; not set: AWS."
    )
    region: str | None = Field(default=None, description="S3 region; not set: as boto3 finds it.")
    path_style: bool = Field(description="Put the bucket in the path, as most S3 servers want it.")
    access_key_id: SecretStr | None = Field(
        default=None, description="S3 access key; not set: as boto3 finds it."
    )
    secret_access_key: SecretStr | None = Field(
        default=None, description="S3 secret key; goes with access_key_id."
    )
    session_token: SecretStr | None = Field(
        default=None, description="S3 session token of temporary keys."
    )

    @field_validator("url")
    @classmethod
    def _known_scheme(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme == "s3" and parts.netloc:
            return url
        if parts.scheme == "file" and not parts.netloc and parts.path[:1] in {"", "/"}:
            return url
        raise ValueError(f'{url!r} is none of "file:", "file:/a/folder", "s3://bucket/prefix"')

    @model_validator(mode="after")
    def _keys_in_pairs(self) -> Self:
        if (self.access_key_id is None) != (self.secret_access_key is None):
            raise ValueError("access_key_id and secret_access_key go together: set both or neither")
        return self

    @property
    def bucket(self) -> str | None:
        """The S3 bucket; None where blobs lie in a folder."""
        parts = urlsplit(self.url)
        return parts.netloc if parts.scheme == "s3" else None

    @property
    def prefix(self) -> str:
        """What S3 keys begin with, without slashes at its ends; may be empty."""
        return unquote(urlsplit(self.url).path).strip("/") if self.bucket else ""

    def folder(self, data_dir: Path) -> Path:
        """Where blobs lie when they lie in a folder; only meaningful without a bucket."""
        path = unquote(urlsplit(self.url).path)
        return Path(path) if path else data_dir / "blobs"

    def place(self, data_dir: Path, bucket: str, key: str) -> str:
        """Say where a blob lies: a path of this machine, or an S3 address."""
        if self.bucket is not None:
            return f"s3://{bucket}/{key}"
        return str(self.folder(data_dir) / bucket / key)


class DeadlineSettings(Section):
    """The budget of time of one message."""

    attempt_seconds: Seconds = Field(description="Longest a single call to a model may take.")
    limit_seconds: Seconds = Field(description="Longest a message may take; then it is cut off.")
    exit_seconds: Seconds = Field(
        description="When a thread that would not be cut off counts as lost."
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.attempt_seconds < self.limit_seconds < self.exit_seconds:
            raise ValueError("must be attempt_seconds < limit_seconds < exit_seconds")
        return self


class LoggingSettings(Section):
    """What is written to standard error."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(description="Least level shown.")
    format: Literal["text", "json"] = Field(description='"text" for people, "json" for machines.')
