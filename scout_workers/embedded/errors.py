"""What can go wrong with the embedded server, each with a sentence that says what to do.

EmbeddedError
  |- UnsupportedPlatformError    no wheel with the binaries exists for this platform
  |- BrokenInstallationError     the binaries are here and do not run
  |- FolderNotWritableError      the data folder cannot be made, written or locked
  |- NoUnprivilegedUserError     root found no user to run the server as
  |- BusyError                   another process kept the folder's lock too long
  |- InitialisationError         initdb failed
  |- ForeignClusterError         the folder holds a cluster that is not ours to start
  |- StartError                  the server did not come up
  |- StopError                   the server did not go down
"""

from __future__ import annotations


class EmbeddedError(Exception):
    """The embedded Postgres cannot do what was asked; the message says why and what helps."""


class UnsupportedPlatformError(EmbeddedError):
    """No Postgres binaries exist for this platform."""


class BrokenInstallationError(EmbeddedError):
    """Postgres binaries were found, but the system cannot run them."""


class FolderNotWritableError(EmbeddedError):
    """A folder that the server or its users need cannot be made, written or locked."""


class NoUnprivilegedUserError(EmbeddedError):
    """Postgres refuses to run as this user, and there is no other to run it as."""


class BusyError(EmbeddedError):
    """Another process held the lock around starting and stopping for too long."""


class InitialisationError(EmbeddedError):
    """A new cluster could not be made."""


class ForeignClusterError(EmbeddedError):
    """The folder holds a cluster of another major version, or one whose password is lost."""


class StartError(EmbeddedError):
    """The server did not come up; the message ends with the last lines of its log."""


class StopError(EmbeddedError):
    """The server did not go down, not even when told to drop everything."""
