"""Which keys are accepted: any that S3 takes, and for a folder only those that stay inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.blobs.protocol import BlobError
from scout_workers.domain.errors import ErrorClass

if TYPE_CHECKING:
    from scout_workers.domain.captures import BlobRef

MAX_KEY_BYTES = 1024
"""S3's limit for a key, in bytes of UTF-8."""

MAX_NAME_BYTES = 255
"""What file systems take for one name, in bytes of UTF-8."""

_SHOWN = 120


def where(ref: BlobRef) -> str:
    """Name a blob in a sentence: printable, on one line, and never long."""
    text = f"{ref.bucket}/{ref.key}"
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return ascii(shown) if not shown.isprintable() else shown


def checked(ref: BlobRef) -> BlobRef:
    """Return `ref` if any store could hold it.

    Raises:
        BlobError: bad_request, for a key that is empty, too long, not text or holds a NUL.
    """
    if not ref.bucket or not ref.key:
        raise _refused(ref, "the bucket and the key must not be empty")
    if "\0" in ref.bucket or "\0" in ref.key:
        raise _refused(ref, "it holds a NUL")
    try:
        size = len(ref.key.encode())
        ref.bucket.encode()
    except UnicodeEncodeError:
        raise _refused(ref, "it is no valid Unicode text") from None
    if size > MAX_KEY_BYTES:
        raise _refused(ref, f"it is {size} bytes long and {MAX_KEY_BYTES} is the most")
    return ref


def file_names(ref: BlobRef) -> tuple[str, ...]:
    """Return the folders and the file name under the root: the bucket first, the file last.

    Raises:
        BlobError: bad_request, for whatever could name a place outside the root or hide there.
    """
    checked(ref)
    if "/" in ref.bucket or ref.bucket.startswith("."):
        raise _refused(ref, 'a bucket is one folder, its name without "/" and a leading "."')
    names = (ref.bucket, *ref.key.split("/"))
    for name in names:
        if name in {"", ".", ".."}:
            raise _refused(ref, 'no part of a key may be empty, "." or ".." in a folder')
        if len(name.encode()) > MAX_NAME_BYTES:
            raise _refused(ref, f"a part of it is longer than {MAX_NAME_BYTES} bytes")
    return names


def _refused(ref: BlobRef, why: str) -> BlobError:
    return BlobError(ErrorClass.BAD_REQUEST, f"the key {where(ref)} is refused: {why}")
