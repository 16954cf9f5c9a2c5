"""The streams in AsyncAPI 3.0: what comes over each, message by message."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from monitor.sampler import Sampler
from monitor.web import documents
from monitor.web.contract import schemas
from monitor.web.contract.schemas import Document
from monitor.web.contract.security import SCHEMES, required
from monitor.web.contract.subject import Subject
from monitor.web.keeper import PING_EVERY, PONG_WITHIN
from monitor.web.live import CLOSE_CODES, LARGEST_MESSAGE
from monitor.web.operation import JSON, Parameter, Route

_WELCOME = "The first message."
_FRAME = "One every interval, the same bytes for every client. With `history` or `since` those of the past come first, "
_FRAME += "without a gap and without a double."
_PART = "With `fields`, these come instead."
#: What comes while a question is answered as events, by the name of the event.
_EVENTS: Mapping[str, tuple[type[Struct], str]] = {
    "facts": (documents.Facts, "First, before the model has said a word."),
    "token": (documents.Token, "Then the answer, piece by piece."),
    "done": (documents.Answer, "Last, where all went well."),
    "error": (documents.Failure, "Last, where the answer broke off."),
}
_WHAT = {
    "metrics": f"The welcome message, then frames, each one text message, uncompressed. A ping comes every "
    f"{PING_EVERY} s, and its pong is due within {PONG_WITHIN} s. What a client sends is ignored; a message of more "
    f"than {LARGEST_MESSAGE} bytes closes the connection.",
    "stream": "The same messages as server-sent events. The `id` of an event is the timestamp of its frame; a comment "
    "line keeps quiet connections open.",
    "answers": "An answer as server-sent events, where the request has `Accept: text/event-stream`.",
}


def asyncapi(subject: Subject, servers: object) -> Document:
    """Return the document; `servers` stands in the place of the servers."""
    routes, sections, sampler = subject.routes, subject.sections, subject.sampler
    streams = [route for route in routes if route.operation.messages is not None]
    return {
        "asyncapi": "3.0.0",
        "info": subject.info,
        "defaultContentType": JSON,
        "servers": servers,
        "channels": {_name(route): _channel(route, sampler) for route in streams},
        "operations": {f"{_name(route)}.send": _operation(route, subject.authentication) for route in streams},
        "components": {
            "schemas": {
                "Welcome": schemas.welcome(),
                "Frame": schemas.frame(sections),
                "PartOfFrame": schemas.frame(sections, whole=False),
                **schemas.components([shape for shape, _ in _EVENTS.values()]),
            },
            "messages": {
                "welcome": _message("Welcome", _WELCOME),
                "frame": _message("Frame", _FRAME),
                "part": _message("PartOfFrame", _PART),
                **{name: _event(name, shape.__name__, about) for name, (shape, about) in _EVENTS.items()},
            },
            "securitySchemes": {name: _scheme(each) for name, each in SCHEMES.items()},
        },
    }


def messages(route: Route) -> tuple[str, ...]:
    """Return the names of the messages that come over a route."""
    return ("welcome", "frame", "part") if route.operation.is_stream else tuple(_EVENTS)


def _name(route: Route) -> str:
    return str(route.operation.messages)


def _is_websocket(route: Route) -> bool:
    return route.operation.answers[0].status == 101


def _channel(route: Route, sampler: Sampler) -> Document:
    document: Document = {
        "address": route.path,
        "title": route.operation.summary,
        "description": _WHAT[_name(route)],
        "servers": [{"$ref": "#/servers/" + ("websocket" if _is_websocket(route) else "http")}],
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages(route)},
    }
    if _is_websocket(route):
        ws = {"method": route.method, "query": _query(route, sampler), "bindingVersion": "0.1.0"}
        document["bindings"] = {"ws": ws}
        document["x-close-codes"] = [{"code": int(code), "meaning": why} for code, why in CLOSE_CODES.items()]
    else:
        document["x-query"] = _query(route, sampler)
        document["x-headers"] = _properties(route.operation.parameters, "header", sampler)
    return document


def _operation(route: Route, authentication: bool) -> Document:
    name = _name(route)
    document: Document = {
        "action": "send",
        "channel": {"$ref": f"#/channels/{name}"},
        "summary": route.operation.summary,
        "messages": [{"$ref": f"#/channels/{name}/messages/{each}"} for each in messages(route)],
    }
    if not _is_websocket(route):
        document["bindings"] = {"http": {"method": route.method, "bindingVersion": "0.3.0"}}
    if authentication:
        schemes = required(route.operation.scopes, stream=route.operation.is_stream)
        document["security"] = [{"$ref": f"#/components/securitySchemes/{each}"} for one in schemes for each in one]
    return document


def _query(route: Route, sampler: Sampler) -> Document:
    """Return the query as the schema of an object."""
    properties = _properties(route.operation.parameters, "query", sampler)
    document: Document = {"type": "object", "properties": properties, "additionalProperties": False}
    if {"history", "since"} <= properties.keys():
        document["not"] = {"required": ["history", "since"]}
    return document


def _properties(parameters: Sequence[Parameter[Any]], where: str, sampler: Sampler) -> Document:
    return {
        each.name: {"description": each.help, **each.reader.schema(sampler)}
        for each in parameters
        if each.where == where
    }


def _message(shape: str, about: str) -> Document:
    return {"title": shape, "summary": about, "contentType": JSON, "payload": schemas.ref(shape)}


def _event(name: str, shape: str, about: str) -> Document:
    return {**_message(shape, about), "name": name}


def _scheme(scheme: Mapping[str, Any]) -> Document:
    kind = "httpApiKey" if scheme["type"] == "apiKey" else scheme["type"]
    return {**scheme, "type": kind}
