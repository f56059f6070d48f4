"""Scripts as people write them: a TOML or JSON file, or NAME*3:retry_after=5 on a command line.

seed = 7
[[steps]]                       # in order, one request each unless it says otherwise
fault = "429"
times = 3
retry_after = 2
[[steps]]
fault = "reset-after"
wire = "openai"
[[chances]]                     # once the steps are used up
fault = "529"
share = 0.1
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import fields
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from scout_workers.fake_llm.errors import ScriptError
from scout_workers.fake_llm.faults import FAULTS
from scout_workers.fake_llm.script import Step

if TYPE_CHECKING:
    from collections.abc import Iterable

_FIELDS: Final = {each.name: each for each in fields(Step) if each.name != "fault"}
_TYPES: Final = {"int": int, "float": float, "float | None": float, "str": str}
_TOP: Final = {"seed", "steps", "chances"}


def script_of(text: str) -> tuple[list[Step], int | None]:
    """Read a script, TOML or JSON.

    Returns:
        Its steps, and its seed if it names one.

    Raises:
        ScriptError: It cannot be read, or says what does not exist.
    """
    try:
        told = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ScriptError(f"the script is neither JSON nor TOML: {error}") from error
    unknown = sorted(set(told) - _TOP)
    if unknown:
        raise ScriptError(f"a script has seed, steps and chances, not {unknown[0]!r}")
    seed = told.get("seed")
    if seed is not None and not isinstance(seed, int):
        raise ScriptError("seed must be a whole number")
    steps = [_step(each) for each in _list(told, "steps")]
    chances = [_step({"share": 1.0} | each) for each in _list(told, "chances")]
    return steps + chances, seed


def steps_of(specs: Iterable[str]) -> list[Step]:
    """Read faults as a command line names them: NAME, NAME*TIMES, NAME@SHARE, and :key=value,….

    NAME alone is for every request.

    Raises:
        ScriptError: One does not exist, or is written in another way.
    """
    return [_spec(spec) for spec in specs]


def _spec(spec: str) -> Step:
    front, _, options = spec.partition(":")
    told: dict[str, Any] = {}
    for option in filter(None, options.split(",")):
        key, equals, value = option.partition("=")
        if not equals:
            raise ScriptError(f"{spec!r}: after the colon comes key=value, not {option!r}")
        told[key.strip()] = value.strip()
    name, star, times = front.partition("*")
    name, at, share = name.partition("@")
    told["fault"] = name
    if star:
        told["times"] = times
    elif at:
        told["share"] = share
    else:
        told.setdefault("times", 0)
    return _step(told)


def _list(told: dict[str, Any], name: str) -> list[dict[str, Any]]:
    listed = told.get(name, [])
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise ScriptError(f"{name} must be a list of tables")
    return listed


def _step(told: dict[str, Any]) -> Step:
    name = told.get("fault")
    fault = FAULTS.get(str(name))
    if fault is None:
        raise ScriptError(f"there is no fault {name!r}{_meant(str(name), FAULTS)}")
    values: dict[str, Any] = {}
    for key, value in told.items():
        if key == "fault":
            continue
        if key not in _FIELDS:
            raise ScriptError(f"a step has no {key!r}{_meant(key, _FIELDS)}")
        values[key] = _typed(key, value)
    if not 0 <= (values.get("share") or 0) <= 1:
        raise ScriptError("share is from 0 to 1")
    return Step(fault, **values)


def _typed(key: str, value: object) -> object:
    kind = _TYPES[str(_FIELDS[key].type)]
    try:
        typed = kind(value)
    except (TypeError, ValueError) as error:
        raise ScriptError(f"{key} must be of type {kind.__name__}, not {value!r}") from error
    if isinstance(typed, int | float) and typed < 0:
        raise ScriptError(f"{key} must not be negative")
    return typed


def _meant(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(known)}"
