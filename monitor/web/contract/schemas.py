"""JSON Schema (2020-12) of the frame, of the answers and of the streams' messages."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from monitor.encoder import WELCOME, decode
from monitor.frame import LARGEST_COUNT, LONGEST_KEY
from monitor.probe import Field
from monitor.web.api import shape_of

Document = dict[str, Any]
#: The fields of each probe, by its name, in the order of the frame.
Sections = Mapping[str, Sequence[Field]]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
REFERENCE: Final = "#/components/schemas/{name}"

_NUMBER: Final = {"type": ["number", "null"]}
_TIMESTAMP: Final = {"type": "number", "minimum": 0, "description": "Unix time in seconds.", "x-unit": "s"}


def ref(name: str) -> Document:
    """Return the reference to a component."""
    return {"$ref": REFERENCE.format(name=name)}


def frame(sections: Sections, *, whole: bool = True) -> Document:
    """Return the schema of a frame; of a part of it, as a client may select it, where it is not whole."""
    properties = {"timestamp": _TIMESTAMP, **{name: _section(fields, whole) for name, fields in sections.items()}}
    document: Document = {
        "title": "Frame" if whole else "PartOfFrame",
        "description": "What every client reads, once an interval. A further probe adds a key of its own."
        if whole
        else "A frame with the sections and fields that were asked for.",
        "type": "object",
        "properties": {**properties, "stale": _stale(sections)},
        "required": [*properties] if whole else ["timestamp"],
    }
    return document


def columns(sections: Sections) -> Document:
    """Return the schema of the past as columns."""
    fields = {
        f"{section}.{field.name}": {"type": "array", "items": value(field), **_about(field)}
        for section, fields in sections.items()
        for field in fields
    }
    properties: Document = {
        "interval": {"type": "number", "exclusiveMinimum": 0, "description": "Seconds between two frames."},
        "timestamp": {"type": "array", "items": _TIMESTAMP, "description": "The moment of each row."},
        "fields": {
            "type": "object",
            "properties": fields,
            "description": "A column for each field that was asked for.",
        },
    }
    return {
        "title": "Columns",
        "description": "Frames in memory, as columns of equal length.",
        "type": "object",
        "properties": properties,
        "required": [*properties],
    }


def value(field: Field) -> Document:
    """Return the schema of a field's value. Whatever it is, it is null where this machine does not tell."""
    match shape_of(field):
        case "number":
            return dict(_NUMBER)
        case "list":
            return {"type": ["array", "null"], "items": _NUMBER, "maxItems": LARGEST_COUNT}
        case "table":
            names = {"minLength": 1, "maxLength": LONGEST_KEY}
            return {
                "type": ["object", "null"],
                "additionalProperties": _NUMBER,
                "propertyNames": names,
                "maxProperties": LARGEST_COUNT,
            }


def welcome() -> Document:
    """Return the schema of the first message of every stream, which is always the same."""
    message = decode(WELCOME)
    return {
        "title": "Welcome",
        "description": "The first message of every stream, and the only one with a `type`.",
        "type": "object",
        "properties": {name: {"const": text} for name, text in message.items()},
        "required": [*message],
    }


def components(types: Iterable[type]) -> Document:
    """Return the schemas of these types and of those within them, by name; enumerations stand where they are used."""
    _, found = msgspec.json.schema_components(types, ref_template=REFERENCE)
    enumerations = {
        REFERENCE.format(name=name): {"type": "string", "enum": each["enum"]}
        for name, each in found.items()
        if "enum" in each
    }
    return {name: _inlined(schema, enumerations) for name, schema in sorted(found.items()) if "enum" not in schema}


def _section(fields: Sequence[Field], whole: bool) -> Document:
    properties = {field.name: {**value(field), **_about(field)} for field in fields}
    document: Document = {"type": "object", "properties": properties}
    return {**document, "required": [*properties]} if whole else document


def _about(field: Field) -> Document:
    about = {"description": field.help, "x-unit": field.unit, "x-kind": field.kind, "x-shape": shape_of(field)}
    others = {"x-per": field.per, "x-warning": field.warning, "x-critical": field.critical}
    return about | {key: each for key, each in others.items() if each is not None}


def _stale(sections: Sections) -> Document:
    age = {"type": "number", "minimum": 0}
    return {
        "description": "Seconds since the last good sample, for each probe that is late or fails; the key is not there "
        "while all are well.",
        "type": "object",
        "properties": dict.fromkeys(sections, age),
        "minProperties": 1,
        "x-unit": "s",
    }


def _inlined(schema: Any, enumerations: Mapping[str, Document]) -> Any:
    if isinstance(schema, list):
        return [_inlined(each, enumerations) for each in schema]
    if not isinstance(schema, dict):
        return schema
    here = {key: _inlined(each, enumerations) for key, each in schema.items()}
    if here.get("$ref", "") in enumerations:
        here |= enumerations[here.pop("$ref")]
    if here.get("multipleOf") == 1 and here.get("type") == "number":
        here["type"] = "integer"
        del here["multipleOf"]
    return here
