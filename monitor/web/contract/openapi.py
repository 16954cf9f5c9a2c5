"""The HTTP API in OpenAPI 3.1."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any, Final

from monitor.sampler import Sampler
from monitor.web.contract import schemas
from monitor.web.contract.schemas import Document
from monitor.web.contract.security import SCHEMES, required
from monitor.web.contract.subject import Subject
from monitor.web.documents import Problem
from monitor.web.errors import CODES, EVERYWHERE, WHERE_ASKED, is_api
from monitor.web.operation import HTML, JSON, Answer, Operation, Parameter, Route

#: Statuses with which `Retry-After` may come.
_RETRY: Final = (429, 503)
_ABOUT: Final = {
    "live": "What the machine does now.",
    "past": "What it did in the last minutes.",
    "ask": "Questions to a local language model about these numbers.",
    "state": "How this server and its probes are doing.",
    "access": "Who may: tickets and sessions, where the server asks who comes.",
    "contract": "This description, for tools and for people.",
    "pages": "What people look at.",
}


def openapi(subject: Subject, servers: object) -> Document:
    """Return the document; `servers` stands in the place of the servers."""
    routes, sections = subject.routes, subject.sections
    paths: dict[str, Document] = defaultdict(dict)
    for route in routes:
        paths[route.path][route.method.lower()] = _operation(route, subject.sampler, subject.authentication)
    refused = {
        _shared(codes, route.path): _refusal(status, codes, route.path)
        for route in routes
        for status, codes in refusals(route.operation, subject.authentication).items()
    }
    types = {shape for route in routes for shape in _types(route.operation)}
    used = {route.operation.tag for route in routes}
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": schemas.DIALECT,
        "info": subject.info,
        "servers": servers,
        "security": [],
        "tags": [{"name": tag, "description": about} for tag, about in _ABOUT.items() if tag in used],
        "paths": dict(paths),
        "components": {
            "schemas": {
                "Frame": schemas.frame(sections),
                "Columns": schemas.columns(sections),
                **schemas.components([*sorted(types, key=lambda each: each.__name__), Problem]),
            },
            "responses": dict(sorted(refused.items())),
            "securitySchemes": SCHEMES,
        },
    }


def refusals(operation: Operation, authentication: bool = True) -> dict[int, list[str]]:
    """Return the codes with which a request for this may be refused, by status."""
    found: dict[int, list[str]] = defaultdict(list)
    asked = WHERE_ASKED if authentication and operation.scopes is not None else ()
    for code in dict.fromkeys((*operation.refusals, *asked, *EVERYWHERE)):
        found[CODES[code].status].append(code)
    return dict(sorted(found.items()))


def _security(operation: Operation) -> list[dict[str, list[str]]]:
    schemes = required(operation.scopes, stream=operation.is_stream)
    return [{}, *schemes] if operation.in_part else schemes


def _types(operation: Operation) -> Iterable[type]:
    shapes = [operation.body, *(shape for answer in operation.answers for shape in answer.content.values())]
    return (shape for shape in shapes if isinstance(shape, type))


def _operation(route: Route, sampler: Sampler, authentication: bool) -> Document:
    operation = route.operation
    document: Document = {
        "operationId": route.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        **({"description": operation.about} if operation.about else {}),
        "security": _security(operation) if authentication else [],
        "parameters": [_parameter(each, sampler) for each in operation.parameters],
    }
    if operation.body is not None:
        document["requestBody"] = {
            "required": True,
            "content": {operation.body_type: {"schema": schemas.ref(operation.body.__name__)}},
        }
    document["responses"] = {
        **{str(answer.status): _answer(answer) for answer in operation.answers},
        **{
            str(status): {"$ref": f"#/components/responses/{_shared(codes, route.path)}"}
            for status, codes in refusals(operation, authentication).items()
        },
    }
    return document


def _parameter(parameter: Parameter[Any], sampler: Sampler) -> Document:
    schema = parameter.reader.schema(sampler)
    document: Document = {"name": parameter.name, "in": parameter.where, "description": parameter.help}
    if parameter.where == "path":
        document["required"] = True
    if schema.get("type") == "array":
        document |= {"style": "form", "explode": False}
    return {**document, "schema": schema}


def _answer(answer: Answer) -> Document:
    document: Document = {"description": answer.about}
    if answer.headers:
        document["headers"] = {
            name: {"description": about, "schema": {"type": "string"}} for name, about in answer.headers.items()
        }
    if answer.content:
        document["content"] = {media_type: _content(shape) for media_type, shape in answer.content.items()}
    return document


def _content(shape: type | str | None) -> Document:
    if shape is None:
        return {}
    return {"schema": schemas.ref(shape if isinstance(shape, str) else shape.__name__)}


def _shared(codes: Sequence[str], path: str) -> str:
    """Return the name of the component for these refusals: JSON from the API, a page from the pages."""
    return ".".join([*codes] if is_api(path) else ["page", *codes])


def _refusal(status: int, codes: Sequence[str], path: str) -> Document:
    told = "; ".join(f"`{code}`: {CODES[code].when}" for code in codes)
    document: Document = {"description": f"{HTTPStatus(status).phrase}. {told}."}
    if status in _RETRY:
        seconds = {"type": "integer", "minimum": 0}
        document["headers"] = {"Retry-After": {"description": "Seconds until another try may help.", "schema": seconds}}
    code = {"properties": {"error": {"properties": {"code": {"enum": codes}}}}}
    problem = {JSON: {"schema": {"allOf": [schemas.ref("Problem"), code]}}}
    document["content"] = problem if is_api(path) else {HTML: {}}
    if "bad_request" in codes:
        document["content"][JSON] = problem[JSON]  # before it is known what was asked for
    return document
