"""What the contract is about: one server, as its documents need to know it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from monitor.sampler import Sampler
from monitor.web.contract.schemas import Document, Sections
from monitor.web.operation import Route

_ABOUT: Final = (
    "A real-time system monitor: one JSON frame every interval, the same for every client. MB and GB are 2^20 and 2^30 "
    "bytes; what a machine does not tell is null. Answers may gain further keys."
)


@dataclass(frozen=True, slots=True)
class Subject:
    """The routes, the probes that are installed here, and whether a caller has to say who it is."""

    routes: Sequence[Route]
    sampler: Sampler
    version: str
    authentication: bool

    @property
    def sections(self) -> Sections:
        """The fields of each probe, in the order of the frame."""
        return {runner.probe.name: runner.probe.fields for runner in self.sampler.runners}

    @property
    def info(self) -> Document:
        """What OpenAPI and AsyncAPI begin with."""
        return {
            "title": "monitor",
            "version": self.version,
            "description": _ABOUT,
            "license": {"name": "MIT", "url": "https://opensource.org/license/mit"},
        }
