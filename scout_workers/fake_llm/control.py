"""Steering from outside, over HTTP: /_script, /_till, /_faults.

    GET    /_script     what is still to come
    POST   /_script     begin anew with a script (TOML or JSON, see `reading`)
    DELETE /_script     nothing more goes wrong
    GET    /_till       what it all comes to;  /_till/entries: each request
    DELETE /_till       forget it
    GET    /_faults     everything that can be made to go wrong

Whoever reaches the server may steer it: it listens on loopback for that reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.fake_llm.errors import ScriptError
from scout_workers.fake_llm.faults import FAULTS
from scout_workers.fake_llm.reading import script_of
from scout_workers.fake_llm.wires.wire import as_json

if TYPE_CHECKING:
    from scout_workers.fake_llm.http import Reply, Request
    from scout_workers.fake_llm.script import Script
    from scout_workers.fake_llm.till import Till


def controls(request: Request) -> bool:
    """Tell whether a request is for us and not for a provider."""
    return request.path.startswith("/_")


def controlled(request: Request, script: Script, till: Till) -> Reply:
    """Do what a request wants, and answer it."""
    if request.path == "/_script":
        return _script(request, script)
    if request.path.startswith("/_till") and request.method in {"GET", "DELETE"}:
        if request.method == "DELETE":
            till.clear()
        each = request.path == "/_till/entries"
        return as_json(200, [entry.told() for entry in till.entries] if each else till.sums(), {})
    if request.path == "/_faults":
        listed = [
            {"name": fault.name, "about": fault.about, "billed": fault.billed}
            for fault in FAULTS.values()
        ]
        return as_json(200, listed, {})
    known = "GET, POST, DELETE /_script; GET, DELETE /_till; GET /_till/entries, /_faults"
    return as_json(404, {"error": f"there is: {known}"}, {})


def _script(request: Request, script: Script) -> Reply:
    if request.method == "POST":
        return _play(request, script)
    if request.method == "DELETE":
        script.play(())
    return as_json(200, script.told(), {})


def _play(request: Request, script: Script) -> Reply:
    try:
        steps, seed = script_of(request.body.decode())
    except (ScriptError, UnicodeDecodeError) as error:
        return as_json(400, {"error": str(error)}, {})
    script.play(steps, seed=seed)
    return as_json(200, script.told(), {})
