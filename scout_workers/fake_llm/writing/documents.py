"""A document of any JSON schema, with plausible values where names and descriptions tell which."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import random

    from scout_workers.fake_llm.writing.subject import Subject

_DEEPEST: Final = 12
_NOTHING: Final = 0.25  # of what may be null
_WORDS: Final = ("scene", "light", "vehicle", "person", "door", "weather", "animal")
_CITES: Final = re.compile(r"(^|_)(ids?|refs?|evidence|cites?|citations?|sources?)$")
_WORDLIKE: Final = re.compile(r"(^|_)(kind|flag|flags|mark|category|tag|label)$")
_LONG: Final = re.compile(
    r"(text|summary|description|detail|instructions|body|reason|explanation)$"
)
_FORMATS: Final = {
    "date": "2026-01-05",
    "date-time": "2026-01-05T12:00:00Z",
    "time": "12:00:00Z",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "email": "nobody@example.com",
    "uri": "https://example.com/",
}
_REGION: Final = {"x", "y", "width", "height"}


def document(schema: dict[str, Any], subject: Subject) -> Any:  # noqa: ANN401 - JSON
    """Return a value that fits a schema and is about a subject."""
    return _Writer(schema, subject).value(schema, "", 0)


class _Writer:
    def __init__(self, root: dict[str, Any], subject: Subject) -> None:
        self._root = root
        self._subject = subject
        self._chance: random.Random = subject.chance

    def value(self, schema: dict[str, Any], name: str, depth: int) -> Any:  # noqa: ANN401 - JSON
        schema = self._resolved(schema)
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            # The first is the mildest, in most people's lists, and most of what is seen is mild.
            weights = [0.5**place for place in range(len(schema["enum"]))]
            return self._chance.choices(schema["enum"], weights)[0]
        for choices in (schema.get("anyOf"), schema.get("oneOf")):
            if choices:
                return self.value(self._chosen(choices, depth), name, depth)
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = next((each for each in kind if each != "null"), "null")
        if kind is None:
            kind = "object" if "properties" in schema else "string"
        write = {
            "object": self._object,
            "array": self._array,
            "string": self._text,
            "number": self._number,
            "integer": self._integer,
            "boolean": lambda *_: self._chance.random() < 0.5,  # noqa: PLR2004 - a coin
        }.get(kind)
        return None if write is None else write(schema, name, depth)

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        for _ in range(_DEEPEST):
            if isinstance(ref := schema.get("$ref"), str):
                found: Any = self._root
                for step in ref.removeprefix("#/").split("/"):
                    found = found[step] if isinstance(found, dict) and step in found else {}
                schema = found | {key: schema[key] for key in schema if key != "$ref"}
            elif parts := schema.get("allOf"):
                rest = {key: schema[key] for key in schema if key != "allOf"}
                schema = rest
                for part in parts:
                    schema = _merged(schema, part)
            else:
                break
        return schema

    def _chosen(self, choices: list[dict[str, Any]], depth: int) -> dict[str, Any]:
        nothing = [each for each in choices if each.get("type") == "null"]
        something = [each for each in choices if each not in nothing]
        # Mostly something; nothing at the bottom, or a schema of itself would never end.
        if nothing and (not something or depth > _DEEPEST or self._chance.random() < _NOTHING):
            return nothing[0]
        return something[0] if depth > _DEEPEST else self._chance.choice(something)

    def _object(self, schema: dict[str, Any], name: str, depth: int) -> dict[str, Any]:
        del name
        properties: dict[str, Any] = schema.get("properties") or {}
        if set(properties) == _REGION and all(
            self._resolved(each).get("type") == "number" for each in properties.values()
        ):
            return self._region()
        wanted = set(schema.get("required", properties))
        return {
            each: self.value(inner, each, depth + 1)
            for each, inner in properties.items()
            if each in wanted or depth <= _DEEPEST
        }

    def _region(self) -> dict[str, float]:
        x, y = round(self._chance.uniform(0, 0.7), 2), round(self._chance.uniform(0, 0.7), 2)
        return {"x": x, "y": y, "width": 0.2, "height": 0.25}

    def _array(self, schema: dict[str, Any], name: str, depth: int) -> list[Any]:
        items = schema.get("items")
        inner = items if isinstance(items, dict) else {}
        least, most = (
            schema.get("minItems", 0),
            schema.get("maxItems", max(schema.get("minItems", 0), 3)),
        )
        count = min(max(least, 0 if depth > _DEEPEST else self._chance.randint(1, 3)), most)
        if _CITES.search(name) and (ids := self._ids(self._resolved(inner))):
            return self._chance.sample(ids, min(max(count, 1), len(ids), max(most, 1)))
        made = [self.value(inner, name, depth + 1) for _ in range(count)]
        unique = [each for place, each in enumerate(made) if each not in made[:place]]
        return unique if len(unique) >= least else made

    def _ids(self, schema: dict[str, Any]) -> list[str | int]:
        kind = int if schema.get("type") in {"integer", "number"} else str
        return [each for each in self._subject.ids if isinstance(each, kind)]

    def _text(self, schema: dict[str, Any], name: str, depth: int) -> str:
        del depth
        told = str(schema.get("description", "")).lower()
        if schema.get("format") in _FORMATS:
            return _FORMATS[schema["format"]]
        if _CITES.search(name) and (ids := self._ids(schema)):
            return str(self._chance.choice(ids))
        if _WORDLIKE.search(name) or "snake_case" in told or "one word" in told:
            return self._chance.choice(_WORDS)
        if name == "time" or ("hh:mm" in told and not _LONG.search(name)):
            return "12:00"
        text = self._subject.sentences if _LONG.search(name) else self._subject.headline
        text = text.ljust(schema.get("minLength", 0), ".")
        return text[: _limit(schema, told)]

    def _integer(self, schema: dict[str, Any], name: str, depth: int) -> int:
        if _CITES.search(name) and (ids := self._ids(schema)):
            return int(self._chance.choice(ids))
        return round(self._number(schema | {"whole": True}, name, depth))

    def _number(self, schema: dict[str, Any], name: str, depth: int) -> float:
        del name, depth
        fraction = "0 to 1" in str(schema.get("description", "")).lower()
        usual = 1 if fraction or not schema.get("whole") else 10
        least = schema.get("minimum", schema.get("exclusiveMinimum", 0))
        most = schema.get("maximum", schema.get("exclusiveMaximum", max(least, 0) + usual))
        share = 0.2 + 0.6 * self._chance.random()
        return round(float(least) + (float(most) - float(least)) * share, 2)


def _limit(schema: dict[str, Any], told: str) -> int:
    spoken = re.search(r"at most (\d[\d,]*) characters", told)
    limits = [int(schema["maxLength"])] if "maxLength" in schema else []
    return min([*limits, int(spoken[1].replace(",", "")) if spoken else 2_000])


def _merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    properties = {**one.get("properties", {}), **other.get("properties", {})}
    required = [*one.get("required", ()), *other.get("required", ())]
    both = {**one, **other}
    return both | ({"properties": properties, "required": required} if properties else {})
