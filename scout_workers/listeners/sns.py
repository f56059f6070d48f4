"""Events published to a topic of Amazon's SNS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from scout_workers import deadline
from scout_workers.domain.errors import ErrorClass
from scout_workers.listeners.protocol import ListenerError
from scout_workers.network import sdk_failures
from scout_workers.network.operation import bounded
from scout_workers.network.sdk import SDKTransport
from scout_workers.phases import outside_transaction

if TYPE_CHECKING:
    from scout_workers.domain.events import Event
    from scout_workers.network.transport import Transport

_ANSWER_BYTES: Final = 65_536
_DEFAULT_REGION: Final = "us-east-1"
_REFUSED: Final = 400


class Topic:
    """An SNS topic. What it is told carries kind and organization as attributes to filter by.

    In a FIFO topic an organization's events keep their order, and a repeat is dropped by SNS. The
    SDK's own retries are off: they would sleep on a worker's thread.

    Args:
        name: What the settings call it.
        topic_arn: Which.
        region: Its region; None: as the ARN says, or boto3 finds it.
        endpoint_url: Another address than AWS's.
        transport: Sends what the SDK signs.
        seconds: Longest an attempt may take.
    """

    def __init__(
        self,
        name: str,
        *,
        topic_arn: str,
        region: str | None,
        endpoint_url: str | None,
        transport: Transport,
        seconds: float,
    ) -> None:
        self._name = name
        self._arn = topic_arn
        self._seconds = seconds
        session = boto3.Session(botocore_session=botocore.session.get_session())
        of_arn = topic_arn.split(":")[3] if topic_arn.count(":") >= len("arn") + 2 else None
        self._client: Any = session.client(
            "sns",
            region_name=region or of_arn or session.region_name or _DEFAULT_REGION,
            endpoint_url=endpoint_url,
            config=Config(retries={"total_max_attempts": 1, "mode": "standard"}),
        )
        self._client.meta.events.register_first("before-send.sns", SDKTransport(transport))

    def tell(self, event: Event) -> None:
        """Publish the event (see `Listener.tell`)."""
        outside_transaction(f"telling {self._name}")
        told: dict[str, Any] = {
            "TopicArn": self._arn,
            "Message": event.as_json(),
            "MessageAttributes": {
                "event": {"DataType": "String", "StringValue": event.kind},
                "id": {"DataType": "String", "StringValue": str(event.id)},
                "organization_id": {
                    "DataType": "String",
                    "StringValue": str(event.organization_id),
                },
            },
        }
        if self._arn.endswith(".fifo"):
            told["MessageGroupId"] = str(event.organization_id)
            told["MessageDeduplicationId"] = f"{event.id}:{event.created_at.timestamp()}"
        try:
            with bounded(self._name, seconds=self._seconds, max_bytes=_ANSWER_BYTES):
                self._client.publish(**told)
        except deadline.DeadlineExceeded as error:
            raise ListenerError(ErrorClass.TIMEOUT, "SNS did not answer in time") from error
        except ClientError as error:
            raise _refusal(error) from error
        except sdk_failures.EXPECTED as error:
            detail = f"SNS could not be reached ({type(error).__name__})"
            raise ListenerError(sdk_failures.class_of(error), detail) from error

    def describe(self) -> str:
        """Name the topic (see `Listener.describe`)."""
        return f"SNS topic {self._arn}"


def _refusal(error: ClientError) -> ListenerError:
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", _REFUSED))
    if "Throttl" in code:
        error_class = ErrorClass.RATE_LIMITED
    elif status >= _REFUSED + 100:
        error_class = ErrorClass.SERVER_ERROR
    elif code in {"AuthorizationError", "InvalidClientTokenId", "SignatureDoesNotMatch"}:
        error_class = ErrorClass.AUTH
    else:
        error_class = ErrorClass.BAD_REQUEST
    return ListenerError(error_class, f"SNS refused it: {code[:100]}")
