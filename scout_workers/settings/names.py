"""The names of all settings, and what a misspelt one was meant to be."""

from __future__ import annotations

import os
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeAlias, get_args, get_origin

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
        elif (section := _named_section(field)) and isinstance(value, dict):
            for each, inner in value.items():
                for path in unknown_names(section, inner) if isinstance(inner, dict) else ():
                    yield (name, each, *path)


def names_beside(model: type[BaseModel], path: SettingPath) -> list[SettingPath]:
    """Return the names that one nobody knows may have been meant to be."""
    for at, section in named_sections(model).items():
        if path[: len(at)] == at and len(path) == len(at) + 2:
            return [(*path[:-1], name) for name in section.model_fields]
    return list(leaves(model))


def named_sections(model: type[BaseModel]) -> dict[SettingPath, type[BaseModel]]:
    """Return the settings that map names of somebody's choice to sections, and those sections."""
    found = {path: _named_section(field) for path, field in leaves(model).items()}
    return {path: section for path, section in found.items() if section}


def secrets(model: type[BaseModel], values: dict[str, Any]) -> Iterator[SettingPath]:
    """Yield the settings among the values that must not stand in a file."""
    paths = [path for path, field in leaves(model).items() if is_secret(field)]
    for at, section in named_sections(model).items():
        named = _value(values, at)
        for name in named if isinstance(named, dict) else ():
            fields = section.model_fields.items()
            paths += [(*at, name, each) for each, field in fields if is_secret(field)]
    yield from (path for path in paths if _value(values, path) is not None)


def unknown_variables(model: type[BaseModel], queues: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for each SCOUT_* variable that is no setting's."""
    named = named_sections(model)
    known = {variable(path) for path in leaves(model)}
    known -= {variable(("queues",)), variable(("schedule",))}
    known |= {variable(("queues", name)) for name in queues} | set(OTHER_VARIABLES)
    for name in sorted(os.environ):
        given = name.upper()
        if not given.startswith(PREFIX) or given in known:
            continue
        for at, section in named.items():
            _, begun, rest = given.partition(variable(at) + "__")
            chosen, _, field = rest.rpartition("__")
            if begun and chosen and "__" not in chosen:
                fields = {each.upper(): each for each in section.model_fields}
                if field not in fields:
                    of_it = [variable((*at, chosen, each)) for each in section.model_fields]
                    yield f"{name}: no setting has this variable{did_you_mean(given, of_it)}"
                break
        else:
            yield f"{name}: no setting has this variable{did_you_mean(given, known)}"


def _value(values: dict[str, Any], path: SettingPath) -> object:
    here: Any = values
    for name in path:
        if not isinstance(here, dict) or name not in here:
            return None
        here = here[name]
    return here


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a hint to append to a message about a name that is not known."""
    names = sorted(known)
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; there are: {', '.join(names)}" if len(names) <= FEW else ""


def _section(field: FieldInfo) -> type[BaseModel] | None:
    return _model(field.annotation)


def _named_section(field: FieldInfo) -> type[BaseModel] | None:
    """Return what each value of a mapping from names to sections is."""
    return _model(get_args(field.annotation)[-1]) if get_origin(field.annotation) is dict else None


def _model(kind: object) -> type[BaseModel] | None:
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None
