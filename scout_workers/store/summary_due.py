"""Windows of time with news in them, until somebody begins to sum them up."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from scout_workers.domain.windows import Subject, Window, WindowKind
from scout_workers.store.queries import query

if TYPE_CHECKING:
    from collections.abc import Collection

    from scout_workers.store.transaction import Transaction

_MARK = query("summary_due_mark")
_LOCK = query("summary_lock")
_TAKE = query("summary_due_take")
_SEND = query("summary_due_send")

RESEND_SECONDS = 3600.0
MOST_SENT = 500

SUMMARIES = ("hour", "day")
INSIGHTS = ("insights",)


def mark(tx: Transaction, subject: Subject, *, insights: bool = False) -> None:
    """Have a window be due: there is news in it, committed with this transaction.

    Milliseconds however many do so at once: who brings news waits only for the very first news of
    the window and for somebody beginning with it.

    Args:
        tx: The transaction that brings the news.
        subject: Whose window.
        insights: Whether it is due for its insights, and not for its summary.
    """
    tx.execute(_MARK, _key(subject, insights=insights))


def take(tx: Transaction, subject: Subject, *, insights: bool = False) -> None:
    """Begin with a window: whatever is news in it until now is seen from here on.

    The window is locked until the transaction ends; what is committed as news later has the window
    be due again.
    """
    key = _key(subject, insights=insights)
    tx.execute(_LOCK, key)
    tx.execute(_TAKE, key)


def send(
    tx: Transaction,
    kinds: Collection[str],
    *,
    grace_seconds: float,
    patience_seconds: float,
    limit: int = MOST_SENT,
) -> list[tuple[Subject, str]]:
    """Choose windows that may be begun with now, the latest first, each for one caller only.

    Args:
        tx: The transaction their messages are sent with.
        kinds: What they are due for: `SUMMARIES` or `INSIGHTS`.
        grace_seconds: How long a window must have been over.
        patience_seconds: How long news waits for what is still at work in its window.
        limit: The most to choose.

    Returns:
        Them, each with the time zone of its organization.
    """
    wanted = {
        "kinds": list(kinds),
        "grace": grace_seconds,
        "patience": patience_seconds,
        "resend": RESEND_SECONDS,
        "limit": limit,
    }
    return [
        (Subject(organization_id, camera_id, Window(_windows(kind), start, end)), time_zone)
        for organization_id, camera_id, kind, start, end, time_zone in tx.rows(_SEND, wanted)
    ]


def parameters(subject: Subject) -> dict[str, Any]:
    """Return what every statement on a window is told."""
    return {
        "organization_id": subject.organization_id,
        "camera_id": subject.camera_id,
        "kind": subject.window.kind,
        "window_start": subject.window.start,
        "window_end": subject.window.end,
    }


def _windows(kind: str) -> WindowKind:
    return WindowKind.DAY if kind in INSIGHTS else WindowKind(kind)


def _key(subject: Subject, *, insights: bool) -> dict[str, Any]:
    """Return a window's parameters and the key of its advisory lock.

    Two windows may share a lock, and do no harm.
    """
    key = parameters(subject)
    if insights:
        key["kind"] = INSIGHTS[0]
    whose = f"{subject.organization_id}:{subject.camera_id}:{key['kind']}"
    name = f"summary:{whose}:{subject.window.start.timestamp():.0f}"
    lock = int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)
    return key | {"lock": lock}
