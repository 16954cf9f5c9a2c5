"""The server under test, as a user starts it; and its first frame."""

import http.client
import re
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from tests import unlimited
from tests.bench.processes import CannotMeasure, Process, line_of, running

COMMAND: Final = (sys.executable, "-m", "monitor", "serve", "--port", "0", "--log-level", "warning")
#: Seconds that a start may take before the bench gives up.
PATIENCE: Final = 20.0
#: Seconds between two looks for the first frame: few enough not to slow down the start.
GENTLE: Final = 0.02


@contextmanager
def serving(environment: Mapping[str, str] | None = None, loop: str = "asyncio") -> Iterator[tuple[Process, int]]:
    """Run the server while the context lasts, with further variables; gives the process and its port.

    It has no limits per address: all that comes is from this machine.
    """
    environment = {**unlimited.ENVIRONMENT, **(environment or {})}
    with running((*COMMAND, "--event-loop", loop), environment=environment) as process:
        announced = line_of(process.stdout, PATIENCE)
        match = re.search(r"http://[^/\s]+:(\d+)", announced)
        if match is None:
            raise CannotMeasure(f"the server announced no port: {announced!r}")
        yield process, int(match[1])


def await_first_frame(port: int) -> None:
    """Come back when the server has a frame to give."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if _status(port) == http.HTTPStatus.OK:
            return
        time.sleep(GENTLE)
    raise CannotMeasure(f"the server had no frame after {PATIENCE:g} s")


def _status(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status
    finally:
        connection.close()
