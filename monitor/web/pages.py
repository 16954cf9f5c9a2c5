"""The pages for people. They are drawn once by the server and kept live by the stream."""

from pathlib import Path
from typing import Any, Final

import aiohttp_jinja2
import jinja2
from aiohttp import web

from monitor.web.identity import principal_of
from monitor.web.keys import MACHINE, SAMPLER, VERSION

#: Beside the package in a checkout and in an editable install, inside it in a wheel.
_PACKAGE: Final = Path(__file__).resolve().parent.parent
TEMPLATES: Final = (_PACKAGE / "templates", _PACKAGE.parent / "templates")


@aiohttp_jinja2.template("home.html")
async def home(request: web.Request) -> dict[str, Any]:
    """GET /: what this machine is, live numbers, the endpoints, how to connect."""
    # From the Host header, which has been checked; the address in the request line may name anything.
    return {
        "stream_url": f"{'wss' if request.secure else 'ws'}://{request.host}/api/ws/metrics",
        "stats_url": f"{request.scheme}://{request.host}/api/system-stats",
        **_reader(request),
    }


@aiohttp_jinja2.template("demo.html")
async def demo(request: web.Request) -> dict[str, Any]:
    """GET /demo: everything the stream tells, live."""
    return _reader(request)


def _reader(request: web.Request) -> dict[str, Any]:
    principal = principal_of(request)
    return {"is_known": True, "is_logged_in": principal is not None and bool(principal.session)}


def setup_templates(app: web.Application) -> None:
    """Let the pages find their templates, and what stands on each of them."""
    environment = aiohttp_jinja2.setup(app, loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True)
    environment.undefined = jinja2.StrictUndefined
    environment.globals.update(machine=app[MACHINE], version=app[VERSION], interval=app[SAMPLER].interval)
