"""The pages for people. They are drawn once by the server and kept live by the stream."""

from pathlib import Path
from typing import Final

import aiohttp_jinja2
import jinja2
from aiohttp import web

from monitor.web.assets import ASSETS, setup_addresses
from monitor.web.glimpse import MOST_BARS, glimpses
from monitor.web.identity import is_logged_in
from monitor.web.keys import HISTORY, MACHINE, SAMPLER, VERSION
from monitor.web.languages import language_of
from monitor.web.mount import address_of, root_of
from monitor.web.page import draw
from monitor.web.view import read_view

#: Beside the package in a checkout and in an editable install, inside it in a wheel.
_PACKAGE: Final = Path(__file__).resolve().parent.parent
TEMPLATES: Final = (_PACKAGE / "templates", _PACKAGE.parent / "templates")
#: How often a person may want a new number, in intervals of the server.
PACES: Final = (1, 2, 5, 10, 30, 60)


async def home(request: web.Request) -> web.Response:
    """GET /: what this machine is, live numbers, the endpoints, how to connect."""
    addresses = {
        "stream_url": address_of(request, "/api/ws/metrics", "ws"),
        "stats_url": address_of(request, "/api/system-stats"),
    }
    return draw(request, "home.html", {**addresses, "is_logged_in": is_logged_in(request)})


async def demo(request: web.Request) -> web.Response:
    """GET /demo: everything the stream tells, live."""
    sampler = request.app[SAMPLER]
    probes = (runner.probe for runner in sampler.runners)
    found = glimpses(probes, request.app[HISTORY], sampler.interval, language_of(request))
    view = read_view(request.query)
    context = {
        "paces": [sampler.interval * each for each in PACES],
        "view": view,
        "glimpses": found if view.is_live else [each._replace(share=None) for each in found],
        "most_bars": MOST_BARS,
        "is_alone": view.focus in {each.probe for each in found},
        "is_logged_in": is_logged_in(request),
    }
    return draw(request, "demo.html", context)


async def to_home(request: web.Request) -> web.Response:
    """GET of the base path without its slash: on to the home page."""
    raise web.HTTPTemporaryRedirect(root_of(request) + "/")


def setup_templates(app: web.Application) -> None:
    """Let the pages find their templates, and what stands on each of them; `page.draw` adds the rest."""
    environment = aiohttp_jinja2.setup(app, loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True)
    environment.undefined = jinja2.StrictUndefined
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    environment.globals.update(machine=app[MACHINE], version=app[VERSION], interval=app[SAMPLER].interval)
    setup_addresses(environment, app[ASSETS])
