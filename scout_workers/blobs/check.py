"""The round trip that shows a blob store works, for `doctor`."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import uuid4

from scout_workers.blobs.keys import where
from scout_workers.blobs.protocol import BlobError
from scout_workers.domain.errors import ErrorClass

if TYPE_CHECKING:
    from scout_workers.blobs.protocol import BlobStore


def round_trip(store: BlobStore) -> None:
    """Write a small blob under a fresh name, find it, read it back and delete it.

    Raises:
        BlobError: The step that failed, or server_error when a step told an untruth.
    """
    ref = store.ref(f"scout-doctor/{uuid4()}.txt")
    sent = b"Written by scout-workers to see whether blobs can be kept here. Delete it freely.\n"
    store.write(ref, sent, content_type="text/plain")
    try:
        found = store.exists(ref)
        returned = store.read(ref, limit=len(sent))
    except BaseException:
        with suppress(BlobError):  # the first error is the one to tell
            store.delete(ref)
        raise
    store.delete(ref)
    for wrong, untruth in (
        (not found, "was written and is said not to be there"),
        (returned != sent, "does not read as it was written"),
        (store.exists(ref), "was deleted and is said to be there"),
    ):
        if wrong:
            raise BlobError(ErrorClass.SERVER_ERROR, f"{store.describe()}: {where(ref)} {untruth}")
