"""What was seen and what was promised, as two tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    import argparse

    from benchmarks.three_deliveries.account import Account
    from benchmarks.three_deliveries.harm import Harm
    from benchmarks.three_deliveries.looking import Looker

WORKERS, POOL = 2, 4


def show(
    asked: argparse.Namespace,
    account: Account,
    harm: Harm,
    looker: Looker,
    elapsed: float,
) -> int:
    """Print the tables; return 1 if a promise is broken, else 0."""
    console = Console()
    console.print(
        f"{asked.captures} captures, each sent 3 times, seed {asked.seed}: {harm.kills} kills, "
        f"{harm.stops} stops, {elapsed:.0f} s"
    )
    seen = Table("seen", "", show_header=False)
    for what, count in rows(account, harm, looker):
        seen.add_row(what, count)
    console.print(seen)
    kept = Table("promised", "seen", "")
    broken = 0
    for what, found, good in promises(asked.captures, account, looker):
        kept.add_row(what, found, "kept" if good else "BROKEN")
        broken += not good
    console.print(kept)
    for line in (*account.unexplained[:10], *account.wrong_observations[:10]):
        console.print(line)
    return int(broken > 0)


def rows(account: Account, harm: Harm, looker: Looker) -> list[tuple[str, str]]:
    """Return what happened."""
    often = ", ".join(f"{count} {times}x" for times, count in sorted(account.paid.items()))
    return [
        ("questions open at the killed workers, about", str(harm.calls_cut)),
        ("answers paid for, by the provider's till", str(account.billed)),
        ("captures by how often they were paid for", often),
        *((f"calls {status}, by the ledger", str(n)) for status, n in account.calls.items()),
        ("deferrals of messages", str(looker.total("deferrals"))),
        ("retries of messages", str(looker.total("retries"))),
        *((f"connections named {name}, most", str(n)) for name, n in sorted(looker.most.items())),
    ]


def promises(captures: int, account: Account, looker: Looker) -> list[tuple[str, str, bool]]:
    """Return what was promised, what was seen, and whether it was kept."""
    wrong, unexplained = len(account.wrong_observations), len(account.unexplained)
    app = looker.most["scout_app"]
    return [
        (
            "captures completed, with one analysis and one event told of it",
            f"{account.completed} of {captures}",
            account.completed == captures,
        ),
        (
            "captures with an observation missing, doubled or strange",
            f"{wrong} ({account.observations} observations)",
            wrong == 0,
        ),
        (
            "captures paid for more often than once and for each call in doubt",
            str(unexplained),
            unexplained == 0,
        ),
        (
            "calls left open; messages left, dead",
            f"{account.calls.get('started', 0)}; {account.left}, {account.dead}",
            not (account.calls.get("started") or account.left or account.dead),
        ),
        (
            f"connections of the application, {WORKERS} pools of {POOL}",
            f"{app} at most",
            0 < app <= WORKERS * POOL,
        ),
    ]
