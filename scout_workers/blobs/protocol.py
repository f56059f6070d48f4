"""What every blob store can do, and how it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from scout_workers.domain.errors import ScoutError

if TYPE_CHECKING:
    from scout_workers.domain.captures import BlobRef


class BlobError(ScoutError):
    """The blob could not be read or written; `error_class` says why and what follows."""


class BlobStore(Protocol):
    """Keeps images and spooled answers.

    Every method raises `TransactionHeldError` inside a transaction, ends by the context's
    deadline, and raises `BlobError` for everything that can go wrong outside this process.
    """

    def read(self, ref: BlobRef, *, limit: int) -> bytes:
        """Return the whole blob, or raise: never a part of it, never an empty image.

        Args:
            ref: Where it lies.
            limit: The most bytes to accept; a larger blob is refused before it is downloaded.

        Raises:
            BlobError: image_missing, image_too_large (both terminal), network, timeout,
                server_error (retried), auth, bad_request (operator).
        """
        ...

    def write(self, ref: BlobRef, data: bytes, *, content_type: str) -> None:
        """Store the blob whole or not at all, replacing what was there.

        Raises:
            BlobError: network, timeout, server_error, auth or bad_request.
        """
        ...

    def exists(self, ref: BlobRef) -> bool:
        """Tell whether the blob is there.

        Raises:
            BlobError: As for `read`, without image_missing.
        """
        ...

    def delete(self, ref: BlobRef) -> None:
        """Remove the blob; removing what is not there is no error.

        Raises:
            BlobError: As for `write`.
        """
        ...

    def describe(self) -> str:
        """Say in a few words where blobs lie, for `doctor` and error messages."""
        ...
