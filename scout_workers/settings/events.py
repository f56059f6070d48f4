"""Who is told of events (`[events]`)."""

from __future__ import annotations

from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator

from .sections import Seconds, Section

TargetName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class TargetSettings(Section):
    """One `[events.targets.NAME]`: a webhook or an SNS topic, and what it is told of.

    Unlike the other sections it has defaults: a target says what is particular to it.
    """

    kind: Literal["webhook", "sns"] = Field(description="How it is told.")
    url: SecretStr | None = Field(
        default=None,
        description="Of a webhook: where events are posted to. Some contain a token, so it counts "
        "as a secret.",
    )
    secret: SecretStr | None = Field(
        default=None, description="Of a webhook: what its signatures are made with."
    )
    insecure: bool = Field(
        default=False, description="Of a webhook: whether http:// will do, without TLS."
    )
    topic_arn: str | None = Field(default=None, description="Of SNS: the topic.")
    region: str | None = Field(
        default=None, description="Of SNS: its region; not set: as boto3 finds it."
    )
    endpoint_url: str | None = Field(
        default=None, description="Of SNS: another address; not set: AWS."
    )
    organizations: tuple[str, ...] = Field(
        default=(), description="Names of the organizations it is told of; none: all."
    )
    kinds: tuple[str, ...] = Field(
        default=(), description='Kinds of events ("analysis.failed", "analysis.*"); none: all.'
    )
    enabled: bool = Field(default=True, description="Whether it is told anything.")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.kind == "sns":
            if not self.topic_arn:
                raise ValueError("an SNS target needs topic_arn")
            return self
        if self.url is None or self.secret is None:
            raise ValueError("a webhook needs url and secret")
        try:
            parts = urlsplit(self.url.get_secret_value())
            known = parts.scheme in {"http", "https"} and bool(parts.hostname)
        except ValueError:
            known = False
        if not known or "@" in parts.netloc:
            raise ValueError("url must be https://host/path, with no user and password in it")
        if parts.scheme == "http" and not self.insecure:
            raise ValueError("url is http://: say insecure = true if that is meant")
        return self

    def __str__(self) -> str:
        host = urlsplit(self.url.get_secret_value()).hostname if self.url else self.topic_arn
        return f"{self.kind} {host}" + ("" if self.enabled else ", disabled")


class EventSettings(Section):
    """What happened, told to others."""

    log: bool = Field(description="Whether each event is a line of the log.")
    attempt_seconds: Annotated[float, Field(gt=0, le=60)] = Field(
        description="Longest one attempt to tell a target may take."
    )
    max_age_hours: Seconds = Field(
        description="How long a target that does not take an event is tried."
    )
    targets: dict[TargetName, TargetSettings] = Field(
        default_factory=dict, description="Who is told, by name."
    )
