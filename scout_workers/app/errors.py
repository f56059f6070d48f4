"""What can be wrong with the surroundings before any work begins.

AppError
├── UnsupportedServerError     a Postgres older than 15
├── VectorMissingError         no pgvector, and the settings ask for it
├── UnknownBrokerError         a broker URL with a scheme nobody here speaks, or unreadable
├── BrokerClientError          the library that speaks the scheme is not installed
├── BrokerAwayError            a broker that is not ours does not answer
├── NoAdoptionError            messages are to be adopted by a broker that is not ours
└── EmbeddingChangeError       the embedding model cannot be changed in this way now
"""

from __future__ import annotations


class AppError(Exception):
    """Base of what `app` raises; the text says what to do."""


class UnsupportedServerError(AppError):
    """The Postgres server is too old."""


class VectorMissingError(AppError):
    """The server does not offer the extension that vector search needs."""


class UnknownBrokerError(AppError):
    """The broker's URL has a scheme nobody here speaks, or cannot be read."""


class BrokerClientError(AppError):
    """A library that the broker needs is not installed, or another release of it is."""


class BrokerAwayError(AppError):
    """A broker elsewhere does not answer, or refuses us."""


class NoAdoptionError(AppError):
    """Only our own broker adopts another one's messages."""


class EmbeddingChangeError(AppError):
    """The embedding model cannot be changed in this way now."""
