"""Everything the broker raises on its own account.

BrokerError
├── BrokerUnavailableError      Postgres did not answer in time (a dramatiq ConnectionClosed)
├── LeaseLostError              the claim belongs to somebody else now: its effects are refused
├── MessageTooLargeError        the encoded message is over the cap
└── MigrationError
    ├── ChangedMigrationError   a file that was applied has another content now
    └── NewerDatabaseError      the database was migrated by a newer release
"""

from __future__ import annotations

from dramatiq.errors import ConnectionClosed


class BrokerError(Exception):
    """Base of the broker's own errors."""


# Dramatiq restarts consumers and repeats settlements on its connection errors only, and
# `ConnectionClosed` is the one name they have kept from 1.17 to 2.x.
class BrokerUnavailableError(BrokerError, ConnectionClosed):
    """Postgres refused, broke off, or did not answer within the operation's deadline."""

    def __init__(self, message: str) -> None:
        super().__init__(message)  # type: ignore[no-untyped-call]  # Dramatiq's own is untyped


class LeaseLostError(BrokerError):
    """The message was claimed again by another worker; nothing of this claim may take effect."""


class MessageTooLargeError(BrokerError, ValueError):
    """The encoded message is larger than the broker's cap: put the data elsewhere, send its key."""


class MigrationError(BrokerError):
    """The schema could not be brought up to date."""


class ChangedMigrationError(MigrationError):
    """A migration that was applied has been edited since: add a new file instead."""


class NewerDatabaseError(MigrationError):
    """The database has migrations this release does not know: upgrade the program."""
