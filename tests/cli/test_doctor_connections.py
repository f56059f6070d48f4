"""`doctor` on what lies between and on roles: modes, settings and time-outs that suit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scout_workers.app import App
from scout_workers.cli.doctor import pooler, roles
from scout_workers.settings import load

if TYPE_CHECKING:
    from pathlib import Path

    from fix_cli import MakeCommandLine
    from fix_pgbouncer import MakePgBouncer


def test_a_pooler_in_between_is_noticed_with_its_mode_and_settings(
    make_cli: MakeCommandLine, pgbouncer: MakePgBouncer, store_url: str
) -> None:
    cli = make_cli(str(pgbouncer(store_url, settings={"server_login_retry": 15})))
    shown = cli.run("doctor", "--json")
    assert shown.code == 0, shown.out + shown.err
    found = {each["subject"]: each for each in json.loads(shown.out)}

    assert "through a pooler" in found["database"]["text"]
    assert "in transaction mode" in found["pooler"]["text"]
    assert "server_login_retry is 15 s" in found["pooler's settings"]["text"]
    assert found["connections"]["text"].endswith("those are the pooler's to share out")


@pytest.mark.parametrize(
    ("mode", "level", "words"),
    [("session", "WARN", "in session mode"), ("statement", "ERROR", "refuses transactions")],
)
def test_a_pooler_in_another_mode_is_told_to_be(
    store_url: str,
    tmp_path: Path,
    pgbouncer: MakePgBouncer,
    *,
    mode: str,
    level: str,
    words: str,
) -> None:
    url = str(pgbouncer(store_url, settings={"pool_mode": mode}))
    with App(load(database_url=url, data_dir=tmp_path, vector_search=False)) as app:
        first = next(pooler.pooler(app))

    assert (first.level, first.subject) == (level, "pooler")
    assert words in first.text
    assert "pool_mode = transaction" in first.remedy


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"max_client_conn": "20"}, "2 worker processes open up to 26"),
        ({"default_pool_size": "2"}, "default_pool_size is 2"),
        ({"query_wait_timeout": "5"}, "less than we wait for a connection (10 s)"),
    ],
)
def test_a_poolers_settings_are_judged_by_what_workers_ask_of_it(
    tmp_path: Path, *, changes: dict[str, str], words: str
) -> None:
    values = load(data_dir=tmp_path, worker={"processes": 2})
    well = {
        "max_client_conn": "500",
        "default_pool_size": "20",
        "server_login_retry": "1",
        "query_wait_timeout": "120",
    }
    (good,) = pooler.suits(well, values)
    assert good.level == "OK"
    (bad,) = pooler.suits(well | changes, values)
    assert bad.level == "WARN"
    assert words in bad.text
    assert bad.remedy


@pytest.mark.parametrize(
    ("statement_ms", "idle_ms", "strict", "level", "words"),
    [
        (0, 0, False, "OK", "statement never"),
        (0, 30_000, True, "WARN", "would hold its locks for ever"),
        (500, 30_000, False, "WARN", "short enough to cut off what is well"),
        (30_000, 30_000, True, "OK", "statement after 30.0 s"),
    ],
)
def test_a_roles_time_outs_are_judged_by_what_our_statements_need(
    *, statement_ms: int, idle_ms: int, strict: bool, level: str, words: str
) -> None:
    (found,) = roles.timeouts("broker", "scout_broker", statement_ms, idle_ms, strict=strict)

    assert found.level == level
    assert words in found.text
