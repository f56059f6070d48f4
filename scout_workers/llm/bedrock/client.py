"""The SDK's clients for Bedrock, without its retries and with sockets that can be cut."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from scout_workers.network.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_bedrock_runtime import BedrockRuntimeClient


@dataclass(frozen=True, slots=True)
class BedrockOptions:
    """How to reach Bedrock; the defaults take what the AWS configuration says.

    Attributes:
        region: Of the models.
        endpoint_url: Another server than AWS.
        access_key_id: With `secret_access_key`; None asks the AWS credential chain.
    """

    region: str | None = None
    endpoint_url: str | None = None
    access_key_id: str | None = None
    secret_access_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)


class Clients:
    """Makes each client once, when it is first asked for: boto3 takes 0.3 s to import.

    Args:
        options: Region, server and credentials.
    """

    def __init__(self, options: BedrockOptions) -> None:
        self._options = options
        self._lock = threading.Lock()
        self._transport = Transport()
        self._made: dict[str, Any] = {}

    @property
    def runtime(self) -> BedrockRuntimeClient:
        """The client that asks models.

        Raises:
            botocore.exceptions.BotoCoreError: Options the SDK refuses.
        """
        client: BedrockRuntimeClient = self._client("bedrock-runtime")
        return client

    @property
    def control(self) -> Any:  # noqa: ANN401 - one call of it is made, and its types are a package
        """The client that lists models."""
        return self._client("bedrock")

    def close(self) -> None:
        """Close idle connections."""
        self._transport.close()

    def _client(self, service: str) -> Any:  # noqa: ANN401 - the SDK makes its clients at run time
        with self._lock:  # a session is not safe to share, and its first use makes every client
            if service not in self._made:
                self._made[service] = self._made_now(service)
            return self._made[service]

    @cached_property
    def _session(self) -> Any:  # noqa: ANN401 - boto3 is not imported before it is needed
        import boto3  # noqa: PLC0415  see above

        return boto3.Session(
            aws_access_key_id=self._options.access_key_id,
            aws_secret_access_key=self._options.secret_access_key,
            aws_session_token=self._options.session_token,
            region_name=self._options.region,
        )

    def _made_now(self, service: str) -> Any:  # noqa: ANN401 - as above
        from botocore.config import Config  # noqa: PLC0415  0.2 s, as boto3

        from scout_workers.llm.bedrock.transport import BedrockTransport  # noqa: PLC0415  botocore

        client = self._session.client(
            service,
            endpoint_url=self._options.endpoint_url,
            config=Config(
                retries={"total_max_attempts": 1, "mode": "standard"},
                user_agent_extra="scout-workers",
            ),
        )
        answer_with: Callable[..., Any] = BedrockTransport(self._transport)
        client.meta.events.register_first(f"before-send.{service}", answer_with)
        return client
