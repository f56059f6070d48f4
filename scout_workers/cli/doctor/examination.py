"""The order of the examination: what rests on something broken is not looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.app import App
from scout_workers.cli.doctor import capacity, database, machine, pooler, roles, storage, work
from scout_workers.cli.doctor.findings import Level, error
from scout_workers.cli.explanations import explain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scout_workers.cli.doctor.findings import Finding
    from scout_workers.settings import Settings

    Check = Callable[[App], Iterator[Finding]]

# Each group rests on the one before: without a server there are no migrations to look at, without
# tables no queues.
_GROUPS: tuple[tuple[Check, ...], ...] = (
    (machine.settings, machine.data_folder, machine.programs),
    (storage.blobs, storage.providers),
    (database.server,),
    (database.pgvector, database.clock, pooler.pooler, capacity.connections, roles.pools),
    (database.migrations,),
    (work.queues, work.workers, work.schedules),
)
_INDEPENDENT = 2


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything, and yield what is found as it is found."""
    with App(settings) as app:
        for number, group in enumerate(_GROUPS):
            broken = False
            for check in group:
                for finding in _guarded(check, app):
                    broken = broken or finding.level is Level.ERROR
                    yield finding
            if broken and number >= _INDEPENDENT:
                return


def _guarded(check: Check, app: App) -> Iterator[Finding]:
    try:
        yield from check(app)
    except Exception as problem:  # noqa: BLE001 - whatever is wrong is a finding
        subject = check.__name__.replace("_", " ")
        explained = explain(problem, app.settings)
        yield error(subject, explained.scrub(explained.sentence))
