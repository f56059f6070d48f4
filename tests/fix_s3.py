"""An S3 server for the length of a run: moto in a process of its own, over real HTTP.

Its own process, because moto patches botocore in the one that imports it.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING
from uuid import uuid4

import botocore.session
import pytest
import urllib3

from scout_workers.blobs.options import S3Options
from scout_workers.blobs.s3 import S3Store

if TYPE_CHECKING:
    from collections.abc import Iterator

# Each client's session reads from files what AWS's services are like: a fifth of a second each.
botocore.session.create_loader = cache(botocore.session.create_loader)

_SERVER = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print("http://%s:%d" % server.get_host_and_port(), flush=True)
sys.stdin.read()
server.stop()
"""


@pytest.fixture(scope="session")
def s3_url() -> Iterator[str]:
    """The server's address; it stops when its standard input closes, even if we are killed."""
    with subprocess.Popen(
        [sys.executable, "-c", _SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url, "moto's server did not start"
        yield url
        process.stdin.close()
        process.wait(timeout=30)


def options_at(url: str) -> S3Options:
    """How to reach any server of a test."""
    return S3Options(
        endpoint_url=url,
        path_style=True,
        access_key_id="id",
        secret_access_key="key",  # noqa: S106  no server of a test looks
    )


@pytest.fixture
def s3_options(s3_url: str) -> S3Options:
    """How to reach that server."""
    return replace(options_at(s3_url), region="eu-central-1")


@pytest.fixture
def s3_store(s3_options: S3Options) -> Iterator[S3Store]:
    """A store over a fresh bucket, with the prefix "pictures"."""
    bucket = f"test-{uuid4()}"
    with urllib3.PoolManager() as http:
        made = http.request("PUT", f"{s3_options.endpoint_url}/{bucket}")
    assert made.status == HTTPStatus.OK, made.data
    store = S3Store(bucket, prefix="pictures", options=s3_options)
    yield store
    store.close()
