"""What an error of the file system means for a piece of work."""

from __future__ import annotations

import errno

from scout_workers.blobs.protocol import BlobError
from scout_workers.domain.errors import ErrorClass

_RIGHTS = "give this user the right to use it, or choose another folder"
_ROOM = "free some room, or choose another folder"

# Whatever is not here (ENOSPC, EIO, EMFILE …) is the machine's trouble and tried again.
_CLASSES = {
    errno.EACCES: ErrorClass.AUTH,
    errno.EPERM: ErrorClass.AUTH,
    errno.EROFS: ErrorClass.AUTH,
    errno.EEXIST: ErrorClass.BAD_REQUEST,
    errno.ELOOP: ErrorClass.BAD_REQUEST,
    errno.ENOTDIR: ErrorClass.BAD_REQUEST,
    errno.EISDIR: ErrorClass.BAD_REQUEST,
    errno.ENXIO: ErrorClass.BAD_REQUEST,
    errno.EXDEV: ErrorClass.BAD_REQUEST,
    errno.ENAMETOOLONG: ErrorClass.BAD_REQUEST,
}

_ADVICE = {
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: "choose another folder",
    errno.EEXIST: "there is a file where the folder should be",
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.ELOOP: "symbolic links inside the blob folder are not followed",
    errno.ENOTDIR: "a part of that path is a file, not a folder",
    errno.EISDIR: "there is a folder by that name",
    errno.ENXIO: "that is no regular file",
    errno.EXDEV: "all buckets must lie on the file system of the blob folder itself",
}


def from_os_error(error: OSError, what: str) -> BlobError:
    """Turn an OSError into a BlobError of the right class.

    Args:
        error: What the file system said.
        what: What was attempted, as the sentence begins ("reading b/k in folder /x").
    """
    code = error.errno or 0
    advice = f"; {_ADVICE[code]}" if code in _ADVICE else ""
    return BlobError(
        _CLASSES.get(code, ErrorClass.SERVER_ERROR),
        f"{what}: {error.strerror or error}{advice}",
    )
