"""A server that speaks like the model providers and misbehaves as told: `scout-workers fake-llm`.

It knows nothing of the product, and nothing of the product but the command line and the demo
knows it: whoever is tested against it meets it over HTTP, as they would meet the provider.

    server        connections, one exchange after the other
    http          requests read, replies written, byte by byte where need be
    wires         how OpenAI, Anthropic and Bedrock are asked, answer, and say no
    writing       what is answered: documents of a schema, vectors, believable usage
    faults        everything that can be made to go wrong, by name
    rewriting     … in what is said;  delivering   … in how it is sent
    script        which request meets which fault
    pace          how long an answer takes, and how many there are a minute
    till          every request received and every answer billed
    control       the same from outside, over HTTP: /_script, /_till, /_faults
"""

from __future__ import annotations

from scout_workers.fake_llm.errors import ScriptError
from scout_workers.fake_llm.faults import FAULTS, Fault
from scout_workers.fake_llm.options import Options
from scout_workers.fake_llm.pace import Latency, Limit
from scout_workers.fake_llm.script import Script
from scout_workers.fake_llm.server import FakeLLM, serving
from scout_workers.fake_llm.till import Entry, Till

__all__ = [
    "FAULTS",
    "Entry",
    "FakeLLM",
    "Fault",
    "Latency",
    "Limit",
    "Options",
    "Script",
    "ScriptError",
    "Till",
    "serving",
]
