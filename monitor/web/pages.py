"""The pages for people. They are drawn once by the server and kept live by the stream."""

from pathlib import Path
from typing import Any, Final

import aiohttp_jinja2
import jinja2
from aiohttp import web

from monitor.web.identity import principal_of
from monitor.web.keys import MACHINE, SAMPLER, VERSION
from monitor.web.mount import address_of, root_of

#: Beside the package in a checkout and in an editable install, inside it in a wheel.
_PACKAGE: Final = Path(__file__).resolve().parent.parent
TEMPLATES: Final = (_PACKAGE / "templates", _PACKAGE.parent / "templates")


@aiohttp_jinja2.template("home.html")
async def home(request: web.Request) -> dict[str, Any]:
    """GET /: what this machine is, live numbers, the endpoints, how to connect."""
    return {
        "stream_url": address_of(request, "/api/ws/metrics", "ws"),
        "stats_url": address_of(request, "/api/system-stats"),
        **_reader(request),
    }


@aiohttp_jinja2.template("demo.html")
async def demo(request: web.Request) -> dict[str, Any]:
    """GET /demo: everything the stream tells, live."""
    return _reader(request)


async def to_home(request: web.Request) -> web.Response:
    """GET of the base path without its slash: on to the home page."""
    raise web.HTTPTemporaryRedirect(root_of(request) + "/")


def _reader(request: web.Request) -> dict[str, Any]:
    principal = principal_of(request)
    is_logged_in = principal is not None and bool(principal.session)
    return {"root": root_of(request), "is_known": True, "is_logged_in": is_logged_in}


def setup_templates(app: web.Application) -> None:
    """Let the pages find their templates, and what stands on each of them; each also needs its `root`."""
    environment = aiohttp_jinja2.setup(app, loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True)
    environment.undefined = jinja2.StrictUndefined
    environment.globals.update(machine=app[MACHINE], version=app[VERSION], interval=app[SAMPLER].interval)
