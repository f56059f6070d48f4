"""`worker list` and `worker drain`: what processes are at, and who is asked to leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fix_cli import MESSAGE, WORKER
from fix_typed import told

from scout_workers.cli.hand import hand

if TYPE_CHECKING:
    from fix_store import Database
    from fix_typed import Typed

LEASE = """
    UPDATE scout_broker.message
    SET state = 'leased', attempt = 2, leased_at = now() - interval '41 s',
        lease_owner = (SELECT id FROM scout_broker.worker WHERE pid = 7)
"""


def test_worker_processes_are_listed_with_what_each_is_at(typed: Typed, database: Database) -> None:
    assert "No worker is running" in typed("worker list").err
    for host, pid, age in (("here", 7, 0), ("here", 8, 0), ("gone", 9, 3600)):
        database.rows(WORKER, host, pid, "0.1.0", age)
    database.rows(MESSAGE, "processing", "ready", 0)
    database.rows(LEASE)
    shown = typed("worker list --messages")
    for words in ("here:7", "41.", "s: analyze_capture", "alive", "dead", "0.1.0", "processing"):
        assert words in shown.out, words
    (message,) = database.rows("SELECT message_id FROM scout_broker.message")
    assert message[0] in shown.out
    lines = {line["pid"]: line for line in told(typed("worker list --json"))}
    assert [lines[pid]["state"] for pid in (7, 8, 9)] == ["alive", "alive", "dead"]
    assert [each["attempt"] for each in lines[7]["messages"]] == [2]
    assert lines[8]["messages"] == []


def test_who_is_named_is_asked_to_leave_once_and_it_is_on_record(
    typed: Typed, database: Database
) -> None:
    for host, pid, age in (("here", 7, 0), ("here", 8, 0), ("there", 8, 0), ("gone", 9, 3600)):
        database.rows(WORKER, host, pid, "0.1.0", age)
    asked = "SELECT host || ':' || pid FROM scout_broker.worker WHERE drain_asked_by IS NOT NULL"
    assert "1 worker process asked to leave; heard within" in typed("worker drain here:7").out
    assert database.rows(asked) == [("here:7",)]
    shown = typed("worker drain here gone").out
    assert "1 worker process asked to leave, 1 on the way before" in shown
    (id_,) = database.rows("SELECT id FROM scout_broker.worker WHERE host = 'there'")[0]
    assert typed(f"worker drain {str(id_)[:8]}").code == 0
    assert len(database.rows(asked)) == 3
    assert "asked to drain" in typed("worker list").out
    silent = typed("worker drain gone --wait")
    assert (silent.code, "it cannot hear" in silent.err) == (0, True)
    acts = told(typed("broker acts --json"))
    assert {(act["what"], act["by"]) for act in acts} == {("worker drain", hand())}
    assert [act["subject"] for act in acts] == ["there:8", "here:8", "here:7"]

    for line, words in {
        "worker drain": "or say --all",
        "worker drain here --all": "or say --all",
        "worker drain elsewhere": "There are: here:7, here:8, there:8, gone:9",
        "worker drain --all": "Drain 3 worker processes, all there are? Nobody is at a terminal",
        "worker --threads 3 list": "has no use for them",
        "worker lst": "No such command 'lst'",
    }.items():
        refused = typed(line)
        assert (refused.code, words in refused.err) == (2, True), refused.err
