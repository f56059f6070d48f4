"""What S3 says, and what it means for the work."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from fix_http import answer, head, then_hangs_up

from scout_workers.blobs.options import S3Options
from scout_workers.blobs.protocol import BlobError
from scout_workers.blobs.s3 import S3Store
from scout_workers.domain.captures import BlobRef
from scout_workers.domain.errors import ErrorClass, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fix_http import HTTPServer

REF = BlobRef("bucket", "yard/1.jpg")

ANSWERS = [
    (404, "NoSuchKey", ErrorClass.IMAGE_MISSING),
    (404, "NoSuchBucket", ErrorClass.BAD_REQUEST),
    (404, "", ErrorClass.BAD_REQUEST),
    (403, "AccessDenied", ErrorClass.AUTH),
    (403, "InvalidAccessKeyId", ErrorClass.AUTH),
    (403, "SignatureDoesNotMatch", ErrorClass.AUTH),
    (403, "RequestTimeTooSkewed", ErrorClass.AUTH),
    (403, "InvalidObjectState", ErrorClass.BAD_REQUEST),
    (403, "", ErrorClass.AUTH),
    (401, "", ErrorClass.AUTH),
    (400, "ExpiredToken", ErrorClass.AUTH),
    (400, "AuthorizationHeaderMalformed", ErrorClass.AUTH),
    (400, "RequestTimeout", ErrorClass.TIMEOUT),
    (400, "InvalidArgument", ErrorClass.BAD_REQUEST),
    (301, "PermanentRedirect", ErrorClass.BAD_REQUEST),
    (409, "OperationAborted", ErrorClass.SERVER_ERROR),
    (429, "", ErrorClass.OVERLOADED),
    (500, "InternalError", ErrorClass.SERVER_ERROR),
    (500, "", ErrorClass.SERVER_ERROR),
    (502, "", ErrorClass.SERVER_ERROR),
    (503, "SlowDown", ErrorClass.OVERLOADED),
    (503, "ServiceUnavailable", ErrorClass.OVERLOADED),
    (503, "", ErrorClass.OVERLOADED),
    (504, "", ErrorClass.SERVER_ERROR),
    (507, "", ErrorClass.SERVER_ERROR),
]


def xml(code: str) -> bytes:
    if not code:
        return b"<html><title>a proxy, not S3</title></html>"
    return f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>so</Message></Error>".encode()


@pytest.fixture
def options(http_server: HTTPServer) -> S3Options:
    return S3Options(
        endpoint_url=http_server.url,
        path_style=True,
        access_key_id="AKIACANARY",
        secret_access_key="secret-canary",  # noqa: S106  a canary, to be found if it leaks
        session_token="token-canary",  # noqa: S106  likewise
    )


@pytest.fixture
def store(options: S3Options) -> Iterator[S3Store]:
    store = S3Store("bucket", options=options)
    yield store
    store.close()


def error_of(call: Callable[[], object]) -> BlobError:
    with pytest.raises(BlobError) as caught:
        call()
    return caught.value


@pytest.mark.parametrize(("status", "code", "expected"), ANSWERS)
def test_every_answer_has_its_class_and_is_asked_for_once(
    http_server: HTTPServer, store: S3Store, status: int, code: str, expected: ErrorClass
) -> None:
    http_server.plays(answer(xml(code), status))
    error = error_of(lambda: store.read(REF, limit=1000))
    assert error.error_class is expected
    assert f"HTTP {status}" in error.detail
    asked = [request for request in http_server.requests if request.method == "GET"]
    assert len(asked) == 1, "an SDK retry sleeps on the worker"


def test_an_error_counts_though_its_explanation_is_cut_short(
    http_server: HTTPServer, store: S3Store
) -> None:
    http_server.plays(then_hangs_up(head(503, content_length=100) + b"<Error><Co"))
    error = error_of(lambda: store.read(REF, limit=1000))
    assert error.error_class is ErrorClass.OVERLOADED


def test_a_404_that_is_not_s3s_own_settles_nothing_for_good(
    http_server: HTTPServer, store: S3Store
) -> None:
    http_server.plays(answer(xml(""), 404))
    error = error_of(lambda: store.read(REF, limit=1000))
    assert error.error_class.verdict is not Verdict.TERMINAL
    assert "endpoint_url" in error.detail


def test_an_overloaded_server_says_when_to_come_back(
    http_server: HTTPServer, store: S3Store
) -> None:
    http_server.plays(answer(xml("SlowDown"), 503, retry_after=7))
    assert error_of(lambda: store.read(REF, limit=1000)).retry_after == 7.0
    http_server.plays(answer(xml("SlowDown"), 503))
    assert error_of(lambda: store.read(REF, limit=1000)).retry_after is None


@pytest.mark.parametrize("status", [301, 307, 400])
def test_a_bucket_in_another_region_is_told_and_not_followed(
    http_server: HTTPServer, store: S3Store, status: int
) -> None:
    http_server.plays(answer(b"", status, x_amz_bucket_region="eu-west-3"))
    error = error_of(lambda: store.exists(REF))
    assert error.error_class is ErrorClass.BAD_REQUEST
    assert "set blobs.region" in error.detail
    assert "eu-west-3" in error.detail
    assert len(http_server.requests) == 1


def test_an_answer_that_is_no_xml_is_the_servers_error(
    http_server: HTTPServer, store: S3Store
) -> None:
    http_server.plays(answer(b"<not-closed", 200))
    error = error_of(lambda: store.write(REF, b"picture", content_type="image/jpeg"))
    assert error.error_class is ErrorClass.SERVER_ERROR


def test_head_cannot_tell_more_than_404_and_that_means_missing(
    http_server: HTTPServer, store: S3Store
) -> None:
    http_server.plays(answer(b"", 404))
    assert not store.exists(REF)
    http_server.plays(answer(b"", 403))
    assert error_of(lambda: store.exists(REF)).error_class is ErrorClass.AUTH


def test_no_secret_is_in_any_error_or_description(
    http_server: HTTPServer, store: S3Store, options: S3Options
) -> None:
    http_server.plays(answer(xml("SignatureDoesNotMatch"), 403))
    error = error_of(lambda: store.read(REF, limit=1000))
    for text in (str(error), repr(error), store.describe(), repr(store), repr(options)):
        assert "canary" not in text


def test_a_missing_bucket_is_named_with_the_command_that_makes_it(s3_options: S3Options) -> None:
    bucket = f"missing-{uuid4()}"
    store = S3Store(bucket, options=s3_options)
    error = error_of(store.check)
    assert error.error_class is ErrorClass.BAD_REQUEST
    command = f"create it: aws s3 mb s3://{bucket} --endpoint-url {s3_options.endpoint_url}"
    assert command in error.detail
    store.close()


def test_no_credentials_anywhere_says_what_to_set(
    http_server: HTTPServer, options: S3Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    nobody = replace(options, access_key_id=None, secret_access_key=None, session_token=None)
    error = error_of(lambda: S3Store("bucket", options=nobody).read(REF, limit=1000))
    assert error.error_class is ErrorClass.AUTH
    assert "set the access key" in error.detail
    assert not http_server.requests


def test_half_a_pair_of_keys_is_refused_at_once(options: S3Options) -> None:
    error = error_of(lambda: S3Store("bucket", options=replace(options, secret_access_key=None)))
    assert error.error_class is ErrorClass.AUTH


@pytest.mark.parametrize(
    "endpoint_url", ["nonsense", "ftp://host", "http://", "http://a b", "http://id:canary@host"]
)
def test_an_endpoint_that_is_no_address_is_refused_at_once(
    options: S3Options, endpoint_url: str
) -> None:
    error = error_of(lambda: S3Store("bucket", options=replace(options, endpoint_url=endpoint_url)))
    assert error.error_class is ErrorClass.BAD_REQUEST
    assert "endpoint" in error.detail
    assert "canary" not in error.detail


def test_a_bucket_name_that_s3_cannot_have_is_refused(store: S3Store) -> None:
    error = error_of(lambda: store.read(BlobRef("no/bucket", "k"), limit=1000))
    assert error.error_class is ErrorClass.BAD_REQUEST
