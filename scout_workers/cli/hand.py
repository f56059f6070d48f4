"""Who sits at the keyboard, for histories and audits."""

from __future__ import annotations

import getpass


def hand() -> str:
    """Return the name of whoever runs this command, as the system knows it."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        # A container's user need not have a name.
        return "somebody without a name"
