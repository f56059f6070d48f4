"""What each provider's adapter makes of everything a provider can do wrong, end to end.

    python -m benchmarks.provider_faults [--provider NAME]... [--fault NAME]... [--write]

A real worker on an embedded Postgres of its own, the real adapters, fake-llm behind them. Prints a
table of provider and fault; --write makes docs/provider-faults.md of it. Exit code 1 if a bar is
missed.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from benchmarks.provider_faults import page
from benchmarks.provider_faults.outcomes import Outcome, Watch, gathered
from benchmarks.provider_faults.probes import RETRY_AFTER, script, sent
from scout_workers import settings
from scout_workers.app import open_app
from scout_workers.demo.hands import Hands
from scout_workers.demo.imitated import pointing
from scout_workers.fake_llm import FAULTS, FakeLLM, Options, serving

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scout_workers.app import App

PAGE = Path(__file__).parents[2] / "docs/provider-faults.md"
PROVIDERS = ("openai", "anthropic", "bedrock")
LOOK_SECONDS = 0.1
GIVE_UP_SECONDS = 300


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--provider", action="append", choices=PROVIDERS)
    parser.add_argument("--fault", action="append", choices=FAULTS)
    parser.add_argument("--seconds", type=float, default=20.0, help="of an attempt")
    parser.add_argument("--threads", type=int, default=14)
    parser.add_argument("--write", action="store_true", help="docs/provider-faults.md")
    asked = parser.parse_args()
    providers, faults = asked.provider or PROVIDERS, asked.fault or list(FAULTS)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="scout-faults-")))
        folder.chmod(0o711)  # the database server is another user where we are root
        fake = stack.enter_context(serving(Options(steps=tuple(script(providers, faults)))))
        os.environ |= surroundings(fake, folder, asked)
        hands = stack.enter_context(Hands(folder / "worker.log", folder))
        app = stack.enter_context(open_app(settings.load(data_dir=folder)))
        outcomes = run(app, hands, fake, providers, faults)
        hands.stop()
    wrong = page.show(outcomes, asked.seconds)
    if asked.write:
        PAGE.write_text(page.page(outcomes, asked.seconds, RETRY_AFTER), encoding="utf-8")
    return int(wrong > 0)


def surroundings(fake: FakeLLM, folder: Path, asked: argparse.Namespace) -> dict[str, str]:
    """Return the variables the worker runs with."""
    return {
        "SCOUT_DATA_DIR": str(folder),
        "SCOUT_LOGGING__LEVEL": "WARNING",
        "SCOUT_VECTOR_SEARCH": "false",
        "SCOUT_QUEUES__PROCESSING": str(asked.threads),
        "SCOUT_DEADLINE__ATTEMPT_SECONDS": str(asked.seconds),
        "SCOUT_DEADLINE__LIMIT_SECONDS": str(asked.seconds + 4),
        "SCOUT_DEADLINE__EXIT_SECONDS": str(asked.seconds + 20),
        **pointing(fake),
    }


def run(
    app: App, hands: Hands, fake: FakeLLM, providers: Sequence[str], faults: Sequence[str]
) -> list[Outcome]:
    """Send everything, wait until it is over, and gather what came of it."""
    probes = sent(app, providers, faults)
    hands.begin()
    watch, until = Watch(), time.monotonic() + GIVE_UP_SECONDS
    with psycopg.connect(app.database_url, autocommit=True, application_name="bench") as connection:
        while not watch.look(connection):
            if time.monotonic() > until:
                print("the worker did not finish")
                break
            if hands.ended_within(LOOK_SECONDS):
                raise hands.failed("The worker is gone.")
        return gathered(connection, probes, watch, fake.till)


if __name__ == "__main__":
    raise SystemExit(main())
