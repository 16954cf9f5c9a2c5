"""The access log: who asked for what, and how it went; never the query, where tokens may be."""

import logging
from typing import Final

from aiohttp.abc import AbstractAccessLogger
from aiohttp.web import BaseRequest, Request, StreamResponse

from monitor.logs import KEYS
from monitor.web.caller import caller_of

#: The most characters of a method and of a path that are logged.
LONGEST_METHOD: Final = 20
LONGEST_PATH: Final = 200


class AccessLog(AbstractAccessLogger):
    """One line a request when it has ended; a stream's comes when the client has gone."""

    @property
    def enabled(self) -> bool:
        """Whether anybody reads it."""
        return self.logger.isEnabledFor(logging.DEBUG)

    def log(self, request: BaseRequest, response: StreamResponse, time: float) -> None:
        """Log a request that took so many seconds. Its path is as it was sent: percent signs and all."""
        address = caller_of(request).address if isinstance(request, Request) else request.remote or ""
        method, path = request.method[:LONGEST_METHOD], request.rel_url.raw_path[:LONGEST_PATH]
        duration = round(time * 1000, 1)
        self.logger.debug(
            "%s %s %s %d %.1f ms",
            address or "-",
            method,
            path,
            response.status,
            duration,
            extra={
                KEYS: {
                    "address": address,
                    "method": method,
                    "path": path,
                    "status": response.status,
                    "duration_ms": duration,
                }
            },
        )
