"""From a URL to a store, and what a wrong one is told."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scout_workers.blobs.factory import open_blobs
from scout_workers.blobs.options import S3Options
from scout_workers.blobs.protocol import BlobError
from scout_workers.domain.captures import BlobRef
from scout_workers.domain.errors import ErrorClass

if TYPE_CHECKING:
    from pathlib import Path

OPTIONS = S3Options(
    endpoint_url="http://127.0.0.1:9000",
    access_key_id="id",
    secret_access_key="key",  # noqa: S106  nobody is asked
)


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("file:", "data/blobs"),
        ("file:pictures", "data/pictures"),
        ("file:{tmp}/elsewhere", "elsewhere"),
        ("file://{tmp}/elsewhere", "elsewhere"),
        ("file://localhost{tmp}/elsewhere", "elsewhere"),
        ("file:{tmp}/My%20Pictures", "My Pictures"),
    ],
)
def test_a_folder_is_made_where_the_url_says(tmp_path: Path, url: str, folder: str) -> None:
    store = open_blobs(url.format(tmp=tmp_path), data_dir=tmp_path / "data")
    assert store.describe() == f"folder {tmp_path / folder}"
    store.write(store.ref("a"), b"picture", content_type="image/jpeg")
    assert (tmp_path / folder / "scout" / "a").read_bytes() == b"picture"


@pytest.mark.parametrize(
    ("url", "ref", "described"),
    [
        ("s3://bucket", BlobRef("bucket", "a/b"), "s3://bucket at "),
        ("s3://bucket/", BlobRef("bucket", "a/b"), "s3://bucket at "),
        ("s3://bucket/in/here/", BlobRef("bucket", "in/here/a/b"), "s3://bucket/in/here at "),
    ],
)
def test_a_bucket_is_taken_with_its_prefix(
    tmp_path: Path, url: str, ref: BlobRef, described: str
) -> None:
    store = open_blobs(url, data_dir=tmp_path, s3=OPTIONS)
    assert store.ref("a/b") == ref
    assert store.describe().startswith(described)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "no scheme"),
        ("/var/blobs", "no scheme"),
        ("gs://bucket", 'scheme "gs"'),
        ("file://var/blobs", "three slashes, file:///var/blobs"),
        ("file:///a?b", "%3F"),
        ("file:///a#b", "%23"),
        ("file:///a%00b", "NUL"),
        ("s3:bucket", "no possible bucket"),
        ("s3://", "no possible bucket"),
        ("s3://b", "no possible bucket"),
        ("s3://bucket:9000", "no possible bucket"),
        ("s3://[bucket", "malformed"),
        ("s3://id:canary@bucket", "holds credentials"),
    ],
)
def test_a_malformed_url_says_what_is_wrong_and_what_to_write(
    tmp_path: Path, url: str, why: str
) -> None:
    with pytest.raises(BlobError) as caught:
        open_blobs(url, data_dir=tmp_path, s3=OPTIONS)
    assert caught.value.error_class is ErrorClass.BAD_REQUEST
    assert why in caught.value.detail
    assert "s3://bucket/prefix" in caught.value.detail
    assert "canary" not in caught.value.detail


def test_a_store_in_a_folder_costs_no_import_of_the_sdk(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from scout_workers.blobs.factory import open_blobs; "
        "open_blobs('file:', data_dir=Path(sys.argv[1])).check(); sys.exit('boto3' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True)
