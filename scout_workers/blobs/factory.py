"""From a URL in the settings to a blob store."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

from scout_workers.blobs.files import FileStore
from scout_workers.blobs.protocol import BlobError
from scout_workers.domain.errors import ErrorClass

if TYPE_CHECKING:
    from pathlib import Path

    from scout_workers.blobs.options import S3Options
    from scout_workers.blobs.protocol import BlobStore

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]")
_FORMS = 'write "file:" for a folder under data_dir, "file:///folder", or "s3://bucket/prefix"'


def open_blobs(url: str, *, data_dir: Path, s3: S3Options | None = None) -> BlobStore:
    """Open the blob store that a URL names.

    Args:
        url: "file:" (the folder `blobs` under `data_dir`), "file:name" (another folder there),
            "file:///any/folder", or "s3://bucket[/prefix]".
        data_dir: Where this installation keeps its data.
        s3: How to reach S3; ignored for a folder.

    Raises:
        BlobError: bad_request for a malformed URL or options, auth for a folder that cannot be
            written; its `detail` is a sentence that says what to do.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise _malformed(f"is malformed ({error})") from error
    if parts.query or parts.fragment:
        raise _malformed('holds "?" or "#"; write %3F or %23 where a name has one')
    if "@" in parts.netloc:
        # Never repeated: the URL of a blob store is logged, a secret must not be.
        raise _malformed(
            "holds credentials; give them as settings (SCOUT_BLOBS__ACCESS_KEY_ID …) instead"
        )
    if parts.scheme == "file":
        return FileStore(_folder(parts, data_dir))
    if parts.scheme == "s3":
        return _open_bucket(parts, s3)
    raise _malformed(f'has the scheme "{parts.scheme}"' if parts.scheme else "has no scheme")


def _folder(parts: SplitResult, data_dir: Path) -> Path:
    if parts.netloc not in {"", "localhost"}:
        raise _malformed(
            f'names a host, "{parts.netloc}": write three slashes, '
            f"file:///{parts.netloc}{parts.path}"
        )
    path = unquote(parts.path)
    if "\0" in path:
        raise _malformed("holds a NUL")
    return data_dir / (path or "blobs")


def _open_bucket(parts: SplitResult, options: S3Options | None) -> BlobStore:
    if not _BUCKET.fullmatch(parts.netloc):
        raise _malformed(f'names no possible bucket, "{parts.netloc}"')
    from scout_workers.blobs.s3 import S3Store  # noqa: PLC0415  0.3 s of boto3

    return S3Store(parts.netloc, prefix=unquote(parts.path).strip("/"), options=options)


def _malformed(why: str) -> BlobError:
    return BlobError(ErrorClass.BAD_REQUEST, f"the blob store's URL {why}; {_FORMS}")
