"""What every blob store can do, and how it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from scout_workers.domain.errors import ErrorClass, ScoutError

if TYPE_CHECKING:
    from scout_workers.domain.captures import BlobRef

READ_SECONDS = 20.0
"""The most a read or an existence check may take, whatever the other side does."""

WRITE_SECONDS = 30.0
"""The most a write or a delete may take."""


class BlobError(ScoutError):
    """The blob could not be read or written; `error_class` says why and what follows."""


def too_large(blob: str, size: str, limit: int) -> BlobError:
    """Refuse a blob of `size` ("7 bytes") where `limit` bytes are the most; `blob` names it."""
    return BlobError(ErrorClass.IMAGE_TOO_LARGE, f"{blob} is {size} long, {limit} is the most")


def empty(blob: str) -> BlobError:
    """A blob that truly holds nothing, so that no later try will find more in it."""
    return BlobError(ErrorClass.IMAGE_UNREADABLE, f"{blob} is empty (0 bytes)")


class BlobStore(Protocol):
    """Keeps images and spooled answers.

    Every method that reaches a blob raises `TransactionHeldError` inside a transaction,
    `DeadlineExceeded` when the context's deadline is already spent, ends by that deadline and by
    the budget above, and raises `BlobError` for everything that can go wrong outside this process.
    """

    def ref(self, key: str) -> BlobRef:
        """Say where this store puts a new blob of that name: its own bucket and prefix."""
        ...

    def read(self, ref: BlobRef, *, limit: int) -> bytes:
        """Return the whole blob, or raise: never a part of it, never an empty image.

        Args:
            ref: Where it lies.
            limit: The most bytes to accept; a larger blob is refused before it is downloaded.

        Raises:
            BlobError: image_missing, image_too_large, image_unreadable (0 bytes; all terminal),
                network, timeout, server_error, overloaded (tried again later), auth, bad_request
                (operator).
        """
        ...

    def write(self, ref: BlobRef, data: bytes, *, content_type: str) -> None:
        """Store the blob whole or not at all, replacing what was there.

        Raises:
            BlobError: network, timeout, server_error, overloaded, auth or bad_request.
        """
        ...

    def exists(self, ref: BlobRef) -> bool:
        """Tell whether the blob is there.

        Raises:
            BlobError: As for `write`.
        """
        ...

    def delete(self, ref: BlobRef) -> None:
        """Remove the blob; removing what is not there is no error.

        Raises:
            BlobError: As for `write`.
        """
        ...

    def check(self) -> None:
        """Write, read and delete a small blob, as `doctor` wants to know.

        Raises:
            BlobError: Its `detail` is a sentence that says what to mend.
        """
        ...

    def describe(self) -> str:
        """Say in a few words where blobs lie, for `doctor` and error messages; no secrets."""
        ...

    def close(self) -> None:
        """Close idle connections; the store may still be used and opens new ones."""
        ...
