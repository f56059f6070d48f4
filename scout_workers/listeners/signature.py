"""How a webhook's body is signed: so that who receives it knows who sent it, and when.

    Scout-Signature: t=1767225600,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d…

v1 is the HMAC-SHA256, in hex, of the time, a full stop and the body, with the target's secret. Who
checks it refuses a time that is long past: then an overheard request is of no use.
"""

from __future__ import annotations

import hmac


def signature(secret: str, body: bytes, timestamp: int) -> str:
    """Return the value of the header."""
    signed = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, "sha256").hexdigest()
    return f"t={timestamp},v1={signed}"
