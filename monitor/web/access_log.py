"""The access log, which is written at the level debug: no secret stands in it."""

import logging
from typing import Final

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

from monitor.masks import HIDDEN
from monitor.text import one_line

#: What a query may be shown of; everything else could be a credential, `token` and `ticket` above all.
SHOWN: Final = frozenset({"interval", "fields", "history", "since", "until", "step"})


class AccessLog(AbstractAccessLogger):
    """One line a request: address, method, path, status, bytes, seconds."""

    @property
    def enabled(self) -> bool:
        return self.logger.isEnabledFor(logging.INFO)

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        self.logger.info(
            '%s "%s %s HTTP/%d.%d" %d %d %.3f',
            request.remote or "-",
            one_line(request.method)[:20],
            presentable(request),
            *request.version,
            response.status,
            response.body_length,
            time,
        )


def presentable(request: web.BaseRequest) -> str:
    """Return the path and the query of a request, without what could be a credential."""
    pairs = [f"{key}={value if key in SHOWN else HIDDEN}" for key, value in request.query.items()]
    return one_line(request.path + ("?" + "&".join(pairs) if pairs else ""))[:500]
