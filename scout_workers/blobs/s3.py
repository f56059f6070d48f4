"""Blobs in an S3 bucket, at AWS or anything that speaks like it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from scout_workers import deadline
from scout_workers.blobs.check import round_trip
from scout_workers.blobs.keys import checked, where
from scout_workers.blobs.options import S3Options
from scout_workers.blobs.protocol import BlobError, empty
from scout_workers.blobs.s3_errors import EXPECTED, from_answer, from_failure
from scout_workers.blobs.transport import S3Transport
from scout_workers.domain.captures import BlobRef
from scout_workers.domain.errors import ErrorClass
from scout_workers.network.operation import bounded
from scout_workers.network.transport import Patience, Transport
from scout_workers.phases import outside_transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from types_boto3_s3 import S3Client

_DEFAULT_REGION = "us-east-1"


class S3Store:
    """A bucket, and a prefix in it for new blobs; safe to share between threads.

    The SDK signs, parses and finds credentials; sending is `S3Transport`'s. No retry sleeps
    here: a failure is the message's to repeat.

    Args:
        bucket: Where `ref` puts new blobs; other buckets are read by their refs.
        prefix: What `ref` puts before each key, without "/" at its ends.
        options: The service, the credentials and the limits of time.

    Raises:
        BlobError: bad_request or auth, for options the SDK refuses.
    """

    def __init__(self, bucket: str, *, prefix: str = "", options: S3Options | None = None) -> None:
        self._bucket = bucket
        self._prefix = prefix
        self._options = options or S3Options()
        _refuse_what_the_sdk_lets_pass(self._options)
        try:
            core = botocore.session.get_session()
            self._client = _client(core, self._options)
            ca_certs = core.get_config_variable("ca_bundle")
        except (BotoCoreError, ValueError) as error:
            raise from_failure(error, f"opening {self.describe()}") from error
        patience = Patience(
            connect_seconds=self._options.connect_seconds,
            silence_seconds=self._options.silence_seconds,
            pool_size=self._options.pool_size,
        )
        self._transport = S3Transport(Transport(patience, ca_certs=ca_certs))
        answer_with: Callable[..., Any] = self._transport
        self._client.meta.events.register_first("before-send.s3", answer_with)
        self._client.meta.events.register_last("before-call.s3", _stay_in_region)

    def ref(self, key: str) -> BlobRef:
        """Say where a new blob of that name goes: this store's bucket, under its prefix."""
        return BlobRef(self._bucket, f"{self._prefix}/{key}" if self._prefix else key)

    def read(self, ref: BlobRef, *, limit: int) -> bytes:
        """Return the whole object (see `BlobStore.read`)."""
        with self._blob("read", ref, self._options.read_seconds, limit):
            answer = self._client.get_object(Bucket=ref.bucket, Key=ref.key)
            data = answer["Body"].read()
        if not data:
            raise empty(where(ref))
        return data

    def write(self, ref: BlobRef, data: bytes, *, content_type: str) -> None:
        """Store the object whole or not at all (see `BlobStore.write`)."""
        with self._blob("write", ref, self._options.write_seconds):
            self._client.put_object(
                Bucket=ref.bucket, Key=ref.key, Body=data, ContentType=content_type
            )

    def exists(self, ref: BlobRef) -> bool:
        """Tell whether the object is there (see `BlobStore.exists`)."""
        with self._blob("check", ref, self._options.read_seconds):
            try:
                self._client.head_object(Bucket=ref.bucket, Key=ref.key)
            except ClientError as error:
                # HEAD has no body, so S3 can say no more than 404.
                if error.response["Error"].get("Code") in {"404", "NoSuchKey", "NotFound"}:
                    return False
                raise
            return True

    def delete(self, ref: BlobRef) -> None:
        """Remove the object if it is there (see `BlobStore.delete`)."""
        with self._blob("delete", ref, self._options.write_seconds):
            self._client.delete_object(Bucket=ref.bucket, Key=ref.key)

    def check(self) -> None:
        """Make the round trip `doctor` asks for (see `BlobStore.check`)."""
        round_trip(self)

    def describe(self) -> str:
        """Name the bucket, the prefix and the service."""
        place = f"s3://{self._bucket}" + (f"/{self._prefix}" if self._prefix else "")
        service = self._options.endpoint_url or "AWS"
        return f"{place} at {service} ({self._options.region or 'default region'})"

    def close(self) -> None:
        """Close idle connections; the store may still be used and opens new ones."""
        self._transport.close()

    @contextmanager
    def _blob(self, verb: str, ref: BlobRef, seconds: float, limit: int = 0) -> Iterator[None]:
        outside_transaction(f"blob {verb}")
        what = f"{verb} of {where(ref)} in {self.describe()}"
        checked(ref)
        deadline.clip(seconds)  # a deadline spent before we began is not the service's doing
        try:
            with bounded(where(ref), seconds=seconds, max_bytes=limit):
                yield
        except deadline.DeadlineExceeded as error:
            raise BlobError(ErrorClass.TIMEOUT, f"{what} was cut off: {error.detail}") from error
        except ClientError as error:
            raise from_answer(error, what, make_bucket=self._make_bucket(ref.bucket)) from error
        except EXPECTED as error:
            raise from_failure(error, what) from error

    def _make_bucket(self, bucket: str) -> str:
        endpoint = self._options.endpoint_url
        return f"aws s3 mb s3://{bucket}" + (f" --endpoint-url {endpoint}" if endpoint else "")


def _refuse_what_the_sdk_lets_pass(options: S3Options) -> None:
    if (options.access_key_id is None) != (options.secret_access_key is None):
        raise BlobError(
            ErrorClass.AUTH, "the S3 access key and its secret go together: set both or neither"
        )
    address = urlsplit(options.endpoint_url or "https://")
    if address.scheme not in {"http", "https"} or "@" in address.netloc:
        raise BlobError(
            ErrorClass.BAD_REQUEST,
            "blobs.endpoint_url must begin with http:// or https:// and hold no credentials",
        )


def _stay_in_region(context: dict[str, Any], **_event: object) -> None:
    """Have botocore not follow S3 into another region.

    It asks HEAD for the region, and follows that answer the same way: a server that redirects all
    it is asked sends it into endless recursion. The error names the region to set instead.
    """
    context.setdefault("s3_redirect", {})["redirected"] = True


def _client(core: botocore.session.Session, options: S3Options) -> S3Client:
    session = boto3.Session(
        aws_access_key_id=options.access_key_id,
        aws_secret_access_key=options.secret_access_key,
        aws_session_token=options.session_token,
        region_name=options.region,
        botocore_session=core,
    )
    return session.client(
        "s3",
        region_name=session.region_name or _DEFAULT_REGION,
        endpoint_url=options.endpoint_url,
        config=Config(
            signature_version="s3v4",
            retries={"total_max_attempts": 1, "mode": "standard"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": "path" if options.path_style else "auto"},
            user_agent_extra="scout-workers",
        ),
    )
