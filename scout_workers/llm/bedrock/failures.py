"""What an error of Bedrock, of its SDK or of the network means for a piece of work."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError, NoRegionError

from scout_workers.domain.errors import ErrorClass
from scout_workers.llm.hosted.client import reaching
from scout_workers.llm.hosted.failures import Refusal, error_of
from scout_workers.llm.protocol import ModelError
from scout_workers.network import failures, sdk_failures

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME = "bedrock"


@contextmanager
def asking(seconds: float, limit: int) -> Iterator[None]:
    """Let a block call Bedrock; whatever goes wrong is a ModelError.

    Args:
        seconds: The most the block may take.
        limit: The longest answer to accept, in bytes.

    Raises:
        DeadlineExceeded: No time was left to begin with.
        ModelError: Everything else.
        TransactionHeldError: Called inside a transaction.
    """
    with reaching(_NAME, seconds, limit):
        try:
            yield
        except ClientError as error:
            raise _answered(error) from error
        except failures.EXPECTED:
            raise  # the network's, which `reaching` knows
        except sdk_failures.EXPECTED as error:
            raise _failed(error) from error


def _answered(error: ClientError) -> ModelError:
    told = error.response.get("Error", {})
    metadata = error.response.get("ResponseMetadata")
    status = metadata["HTTPStatusCode"] if metadata else 0
    headers = metadata["HTTPHeaders"] if metadata else {}
    refusal = Refusal(status, str(told.get("Code", "")), str(told.get("Message", "")))
    return error_of(_NAME, refusal, headers)


def _failed(error: Exception) -> ModelError:
    advice = ""
    if isinstance(error, NoRegionError):
        advice = "; set providers.bedrock.region"
    elif isinstance(error, sdk_failures.CREDENTIALS):
        advice = "; set the access key and its secret, or AWS credentials of any kind"
    return ModelError(
        sdk_failures.class_of(error),
        f"{_NAME}: {failures.reason(error)}{advice}",
        # Nothing is sent before credentials, region and parameters are in order.
        unsent=sdk_failures.class_of(error) in {ErrorClass.AUTH, ErrorClass.BAD_REQUEST},
    )
