"""The contract of one server: all its documents, from its declarations."""

from collections.abc import Sequence

from monitor.sampler import Sampler
from monitor.web.contract import page, schemas
from monitor.web.contract.asyncapi import asyncapi
from monitor.web.contract.openapi import openapi
from monitor.web.contract.schemas import Document
from monitor.web.contract.subject import Subject
from monitor.web.operation import Route


class Contract:
    """What this server promises, with the probes that are installed here.

    authentication  whether a caller has to say who it is
    """

    def __init__(self, routes: Sequence[Route], sampler: Sampler, version: str, authentication: bool) -> None:
        self._subject = Subject(routes, sampler, version, authentication)

    def openapi(self, servers: object) -> Document:
        """Return the HTTP API in OpenAPI 3.1; `servers` stands in the place of the servers."""
        return openapi(self._subject, servers)

    def asyncapi(self, servers: object) -> Document:
        """Return the streams in AsyncAPI 3.0; `servers` stands in the place of the servers."""
        return asyncapi(self._subject, servers)

    def frame_schema(self) -> Document:
        """Return the JSON Schema of the frame."""
        return {"$schema": schemas.DIALECT, **schemas.frame(self._subject.sections)}

    def page(self) -> page.Page:
        """Return what the page of the reference shows, read from the other documents."""
        return page.read(self.openapi([]), self.asyncapi({}))
