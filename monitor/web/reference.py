"""The contract for tools: /api/openapi.json, /api/asyncapi.json, /api/schema, and /api/docs for people.

Made at the first request and kept: most servers are never asked, and they save the memory of what makes it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import aiohttp_jinja2
import msgspec
from aiohttp import web

from monitor.sampler import Sampler
from monitor.web.assets import etag_of, fresh
from monitor.web.caller import caller_of
from monitor.web.identity import is_logged_in
from monitor.web.mount import root_of
from monitor.web.operation import JSON, Parameter, Reader, Route
from monitor.web.page import label, surroundings

if TYPE_CHECKING:
    from monitor.web.contract.contract import Contract

#: What stands in the documents for the servers' addresses, which depend on how a client has come here.
_SERVERS: Final = "SERVERS"
_PLACE: Final = msgspec.json.encode(_SERVERS)

IF_NONE_MATCH: Final = Parameter(
    "If-None-Match",
    Reader(lambda text, _: text, lambda _: {"type": "string", "examples": ['"0123456789abcdef"']}),
    "The ETag of what is known already.",
    "header",
)


class Reference:
    """What the contract is made of, and the bytes of its documents once they have been asked for.

    authentication  whether a caller has to say who it is
    """

    def __init__(self, routes: Sequence[Route], sampler: Sampler, version: str, *, authentication: bool) -> None:
        self._routes = routes
        self._sampler = sampler
        self._version = version
        self._authentication = authentication
        self._contract: Contract | None = None
        self._encoded: dict[str, bytes] = {}

    @property
    def contract(self) -> "Contract":
        """The contract of this very server, with its probes."""
        if self._contract is None:
            from monitor.web.contract.contract import Contract  # noqa: PLC0415 - memory, as the first line has it

            self._contract = Contract(self._routes, self._sampler, self._version, self._authentication)
        return self._contract

    def openapi(self) -> bytes:
        """Return the OpenAPI document, without its servers."""
        if "openapi" not in self._encoded:
            self._encoded["openapi"] = msgspec.json.encode(self.contract.openapi(_SERVERS))
        return self._encoded["openapi"]

    def asyncapi(self) -> bytes:
        """Return the AsyncAPI document, without its servers."""
        if "asyncapi" not in self._encoded:
            self._encoded["asyncapi"] = msgspec.json.encode(self.contract.asyncapi(_SERVERS))
        return self._encoded["asyncapi"]

    def schema(self) -> bytes:
        """Return the JSON Schema of the frame."""
        if "schema" not in self._encoded:
            self._encoded["schema"] = msgspec.json.encode(self.contract.frame_schema())
        return self._encoded["schema"]

    def page(self, request: web.Request) -> bytes:
        """Return the part of the page that is the same for everyone who reads one language."""
        around = surroundings(request)
        name = f"page.{around['language']}"
        if name not in self._encoded:
            context = {**around, "reference": self.contract.page()}
            self._encoded[name] = aiohttp_jinja2.render_string("reference.html", request, context).encode()
        return self._encoded[name]


REFERENCE: Final = web.AppKey("reference", Reference)


async def openapi(request: web.Request) -> web.Response:
    """GET /api/openapi.json: the HTTP API in OpenAPI 3.1."""
    servers = [{"url": root_of(request) or "/", "description": "This server"}]
    return _answer(request, request.app[REFERENCE].openapi().replace(_PLACE, msgspec.json.encode(servers)), JSON)


async def asyncapi(request: web.Request) -> web.Response:
    """GET /api/asyncapi.json: the streams in AsyncAPI 3.0."""
    caller = caller_of(request)
    root = root_of(request)
    here = {"host": request.host, **({"pathname": root} if root else {})}
    secure = "s" if caller.is_secure else ""
    servers = {"websocket": {**here, "protocol": f"ws{secure}"}, "http": {**here, "protocol": f"http{secure}"}}
    return _answer(request, request.app[REFERENCE].asyncapi().replace(_PLACE, msgspec.json.encode(servers)), JSON)


async def schema(request: web.Request) -> web.Response:
    """GET /api/schema: the frame in JSON Schema (2020-12), with the probes that are installed here."""
    return _answer(request, request.app[REFERENCE].schema(), "application/schema+json")


async def docs(request: web.Request) -> web.Response:
    """GET /api/docs: the contract as a page."""
    body = request.app[REFERENCE].page(request).decode()
    context = {**surroundings(request), "reference": body, "is_logged_in": is_logged_in(request)}
    page = aiohttp_jinja2.render_string("docs.html", request, context)
    answer = _answer(request, page.encode(), "text/html")
    label(request, answer)
    return answer


def _answer(request: web.Request, body: bytes, media_type: str) -> web.Response:
    answer = fresh(request, body, media_type, etag_of(body))
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
