"""`scout-workers events`: who was told of what, and what an operator does about it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from fix_http import answer
from fix_store import straight

from scout_workers.store import deliveries, events

if TYPE_CHECKING:
    from uuid import UUID

    from fix_cli import CommandLine
    from fix_http import HTTPServer
    from fix_store import Database, Yard


@pytest.fixture
def listened(cli: CommandLine, http_server: HTTPServer) -> CommandLine:
    """The command with a webhook in its settings."""
    target = "SCOUT_EVENTS__TARGETS__CRM__"
    return cli.given(
        **{
            f"{target}KIND": "webhook",
            f"{target}URL": f"{http_server.url}/hook",
            f"{target}SECRET": "hunter2",
            f"{target}INSECURE": "true",
        }
    )


def given_up(yard: Yard, database: Database) -> UUID:
    with yard.store.transaction() as tx:
        event_id = events.record(
            tx, yard.organization_id, "analysis.completed", yard.camera_id, {"headline": "A van"}
        )
        event = events.get(tx, event_id)
        assert event is not None
        deliveries.fan_out(tx, event, ["crm"])
        delivery = deliveries.begin(tx, event_id, "crm")
        assert delivery is not None
        deliveries.give_up(tx, delivery, "it answered 500")
    assert database.value("SELECT state FROM scout.event_deliveries") == "dead"
    return event_id


@straight
def test_what_was_given_up_is_seen_and_tried_again(
    listened: CommandLine, yard: Yard, database: Database
) -> None:
    event_id = given_up(yard, database)

    (line,) = json.loads(listened.run("events", "list", "--state", "dead", "--json").out)
    assert (line["target"], line["last_error"]) == ("crm", "it answered 500")
    others = listened.run("events", "list", "--organization", "Somebody else")
    assert others.err == "No deliveries match.\n"
    assert "crm" in listened.run("events", "list", "--organization", "Acme").out
    assert "\ncrm " in listened.run("events", "targets").out
    shown = listened.run("events", "show", str(event_id)[:8])
    assert shown.code == 0, shown.err
    assert '"headline": "A van"' in shown.out

    assert listened.run("events", "retry").code == 2
    assert listened.run("events", "retry", "--target", "crm").out == "1 delivery is tried again.\n"
    assert database.rows("SELECT actor, queue FROM scout_broker.message") == [
        ("deliver_event", "events")
    ]


def test_a_target_is_tried_out_without_a_database(
    listened: CommandLine, http_server: HTTPServer
) -> None:
    listened = listened.given(DATABASE_URL="postgresql://nobody:nothing@127.0.0.1:1/nowhere")
    http_server.plays(answer(), answer(status=500))
    assert " took the event " in listened.run("events", "test", "crm").out
    refused = listened.run("events", "test", "crm")
    assert refused.code == 1
    assert "did not take it: it answered 500." in refused.out
    assert "did you mean crm?" in listened.run("events", "test", "cmr").err
