"""The reference for people: the documents of the contract, as rows for a page."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from monitor.web.contract.schemas import Document
from monitor.web.errors import CODES, EVERYWHERE

_METHODS = ("get", "post")


@dataclass(frozen=True, slots=True)
class Row:
    """One parameter, or one key of a document."""

    name: str
    kind: str
    about: str
    bounds: str
    is_required: bool
    shape: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """What may come back; `shape` names the document."""

    status: str
    about: str
    media_types: Sequence[str]
    shape: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation."""

    name: str
    method: str
    path: str
    summary: str
    about: str
    parameters: Sequence[Row]
    body: str | None
    responses: Sequence[Response]
    example: str
    scopes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Group:
    """The operations of one tag."""

    name: str
    about: str
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a channel."""

    name: str
    about: str
    shape: str


@dataclass(frozen=True, slots=True)
class Channel:
    """One stream."""

    name: str
    address: str
    about: str
    messages: Sequence[Message]
    close_codes: Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Shape:
    """One document: an object, with a row for each key."""

    name: str
    about: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Page:
    """The whole reference."""

    title: str
    about: str
    groups: Sequence[Group]
    everywhere: Sequence[Response]
    channels: Sequence[Channel]
    shapes: Sequence[Shape]


def read(openapi: Document, asyncapi: Document) -> Page:
    """Return the page of these two documents."""
    entries = [
        (operation["tags"][0], _entry(method, path, operation, openapi["components"]["responses"]))
        for path, item in openapi["paths"].items()
        for method, operation in item.items()
        if method in _METHODS
    ]
    shapes = {**asyncapi["components"]["schemas"], **openapi["components"]["schemas"]}
    return Page(
        title=openapi["info"]["title"],
        about=openapi["info"]["description"],
        groups=[
            Group(tag["name"], tag["description"], [entry for name, entry in entries if name == tag["name"]])
            for tag in openapi["tags"]
        ],
        everywhere=[
            Response(str(CODES[code].status), f"`{code}`: {CODES[code].when}.", ["application/json"], "Problem")
            for code in EVERYWHERE
        ],
        channels=[_channel(name, each, asyncapi) for name, each in asyncapi["channels"].items()],
        shapes=[Shape(name, each.get("description", ""), list(_rows(each))) for name, each in sorted(shapes.items())],
    )


def _entry(method: str, path: str, operation: Document, shared: Document) -> Entry:
    body = operation.get("requestBody")
    return Entry(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        about=operation.get("description", ""),
        parameters=[_parameter(each) for each in operation["parameters"]],
        body=None if body is None else _name(next(iter(body["content"].values()))["schema"]),
        responses=[
            _response(status, shared.get(_name(each) or "", each))
            for status, each in operation["responses"].items()
            if str(_name(each)).removeprefix("page.") not in EVERYWHERE
        ],
        example=_example(method, path, operation),
        scopes=sorted({scope for each in operation["security"] for scopes in each.values() for scope in scopes}),
    )


def _parameter(parameter: Document) -> Row:
    schema = parameter["schema"]
    where = {"query": "", "header": " (header)", "path": " (path)"}[parameter["in"]]
    kind = _kind(schema) + (", with commas" if schema.get("type") == "array" else "")
    return Row(
        parameter["name"] + where, kind, parameter["description"], _bounds(schema), parameter.get("required", False)
    )


def _response(status: str, response: Document) -> Response:
    content = response.get("content", {})
    shapes = [_name(each["schema"]) for each in content.values() if "schema" in each]
    return Response(status, response["description"], [*content], shapes[0] if shapes else None)


def _example(method: str, path: str, operation: Document) -> str:
    """Return a command for a shell; empty for what is no matter of one."""
    queried = [each for each in operation["parameters"] if each["in"] == "query" and each["name"] != "since"]
    examples = [f"{each['name']}={_text(each['schema']['examples'][0])}" for each in queried if each["name"] != "until"]
    query = "?" + "&".join(examples) if examples else ""
    if "101" in operation["responses"]:
        return f"websocat 'ws://localhost:4000{path}{query}'"
    if method == "post":
        body = json.dumps({"prompt": "Is there room for 4 GB?"})
        return f"curl http://localhost:4000{path} -H 'Content-Type: application/json' -d '{body}'"
    for each in operation["parameters"]:
        if each["in"] == "path":
            path = path.replace(f"{{{each['name']}}}", each["schema"]["examples"][0])
    return f"curl 'http://localhost:4000{path}{query}'"


def _text(value: Any) -> str:
    return (
        ",".join(map(str, value)) if isinstance(value, list) else str(value) if isinstance(value, str) else f"{value:g}"
    )


def _channel(name: str, channel: Document, asyncapi: Document) -> Channel:
    known = asyncapi["components"]["messages"]
    return Channel(
        name=name,
        address=channel["address"],
        about=channel["description"],
        messages=[
            Message(each, known[each]["summary"], _name(known[each]["payload"]) or "") for each in channel["messages"]
        ],
        close_codes=[(each["code"], each["meaning"]) for each in channel.get("x-close-codes", ())],
    )


def _rows(schema: Document, before: str = "") -> Iterator[Row]:
    """Yield a row for each key; those of objects within it after it."""
    for name, each in schema.get("properties", {}).items():
        required = name in schema.get("required", ())
        yield Row(before + name, _kind(each), each.get("description", ""), _bounds(each), required, _shape_within(each))
        if each.get("type") == "object" and len(each.get("properties", ())) > 0:
            yield from _rows(each, f"{before}{name}.")


def _kind(schema: Mapping[str, Any]) -> str:
    """Return in few words what a value is."""
    if "const" in schema:
        return json.dumps(schema["const"], ensure_ascii=False)
    if "$ref" in schema:
        return _name(schema) or ""
    if "anyOf" in schema:
        return " or ".join(map(_kind, schema["anyOf"]))
    if "enum" in schema:
        return "one of these"
    types = schema.get("type", "any")
    words = [types] if isinstance(types, str) else [*types]
    if "items" in schema:
        words[0] = f"list of {_one_of(schema['items'])}"
    elif isinstance(schema.get("additionalProperties"), Mapping):
        words[0] = f"table of {_one_of(schema['additionalProperties'])}"
    return " or ".join(words)


def _one_of(schema: Mapping[str, Any]) -> str:
    kind = _kind(schema)
    return f"({kind})" if " " in kind else kind


def _bounds(schema: Mapping[str, Any]) -> str:
    """Return what bounds there are, the unit included."""
    words = [str(schema["x-unit"])] if "x-unit" in schema else []
    if "x-per" in schema:
        words.append(f"one per {schema['x-per']}")
    listed = schema.get("enum") or schema.get("items", {}).get("enum")
    if listed:
        words.append(", ".join(map(str, listed)))
    for key, text in (
        ("minimum", "from {:g}"),
        ("exclusiveMinimum", "above {:g}"),
        ("multipleOf", "a multiple of {:g}"),
        ("minLength", "at least {:g} character"),
        ("maxLength", "at most {:g} characters"),
    ):
        if key in schema:
            words.append(text.format(schema[key]))
    if schema.get("maximum", 2**53) < 2**31:
        words.append(f"to {schema['maximum']:g}")
    if "default" in schema:
        words.append(f"{json.dumps(schema['default'])} where it is left out")
    return "; ".join(words)


def _shape_within(schema: Mapping[str, Any]) -> str | None:
    return _name(schema) or _name(schema.get("items", {}))


def _name(schema: Mapping[str, Any]) -> str | None:
    """Return the name of the component that a schema refers to; None where it refers to none."""
    reference = schema.get("$ref") or next((each["$ref"] for each in schema.get("allOf", ()) if "$ref" in each), None)
    return None if reference is None else str(reference).rpartition("/")[2]
