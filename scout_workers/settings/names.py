"""The names of all settings, and what a misspelt one was meant to be."""

from __future__ import annotations

import os
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeAlias, get_args

from pydantic import BaseModel, SecretStr

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic.fields import FieldInfo

SettingPath: TypeAlias = tuple[str, ...]

PREFIX = "SCOUT_"
FEW = 12
# Read before there are settings, so no settings themselves.
OTHER_VARIABLES = ("SCOUT_SETTINGS_DIR", "SCOUT_DEBUG")


def variable(path: SettingPath) -> str:
    """Return the environment variable of a setting."""
    return PREFIX + "__".join(path).upper()


def dotted(path: SettingPath) -> str:
    """Return a setting's name as people write it."""
    return ".".join(path)


def leaves(model: type[BaseModel], within: SettingPath = ()) -> dict[SettingPath, FieldInfo]:
    """Return every single setting of a model with its field; sections are gone into."""
    found: dict[SettingPath, FieldInfo] = {}
    for name, field in model.model_fields.items():
        if section := _section(field):
            found |= leaves(section, (*within, name))
        else:
            found[*within, name] = field
    return found


def is_secret(field: FieldInfo) -> bool:
    """Tell whether a field's value must never be shown or stand in a file."""
    return SecretStr in (field.annotation, *get_args(field.annotation))


def unknown_names(model: type[BaseModel], values: dict[str, Any]) -> Iterator[SettingPath]:
    """Yield the names among the values that no setting has."""
    for name, value in values.items():
        field = model.model_fields.get(name)
        if field is None:
            yield (name,)
        elif (section := _section(field)) and isinstance(value, dict):
            for path in unknown_names(section, value):
                yield (name, *path)


def unknown_variables(model: type[BaseModel], queues: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for each SCOUT_* variable that is no setting's."""
    known = {variable(path) for path in leaves(model)} - {variable(("queues",))}
    known |= {variable(("queues", name)) for name in queues} | set(OTHER_VARIABLES)
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            yield f"{name}: no setting has this variable{did_you_mean(name.upper(), known)}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a hint to append to a message about a name that is not known."""
    names = sorted(known)
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; there are: {', '.join(names)}" if len(names) <= FEW else ""


def _section(field: FieldInfo) -> type[BaseModel] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None
