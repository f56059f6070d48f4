"""The keys of notes: what was written under one is not written again."""

from __future__ import annotations

import os
import time
from uuid import UUID

# For how much longer than an enqueue's the note of an outcome is kept: a settler repeats for as
# long as the server is away, an enqueue for ten seconds.
OUTCOME_SECONDS = 3600.0


def note_key(*, ahead: float = 0.0) -> UUID:
    """Make the key of a note: a UUID of version 7 (RFC 9562), so that old ones lie together.

    Args:
        ahead: For how many more seconds the note is kept: its key is of so much later.
    """
    milliseconds = time.time_ns() // 1_000_000 + int(ahead * 1000)
    value = milliseconds << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)
