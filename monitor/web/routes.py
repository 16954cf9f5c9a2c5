"""The site map."""

from aiohttp import web

from monitor.web import api, ask, assets, events, live, login, pages, ready, tickets
from monitor.web.keys import BASE_PATH


def setup_routes(app: web.Application) -> None:
    """Give every address its handler, under `base_path`."""
    base = app[BASE_PATH]
    app.router.add_get(base + "/", pages.home, name="home")
    app.router.add_get(base + "/demo", pages.demo, name="demo")
    app.router.add_get(base + "/api/ws/metrics", live.metrics, name="metrics", allow_head=False)
    app.router.add_get(base + "/api/stream", events.stream, name="stream", allow_head=False)
    app.router.add_get(base + "/api/system-stats", api.system_stats, name="system-stats")
    app.router.add_get(base + "/api/history", api.past, name="history")
    app.router.add_get(base + "/api/probes", api.probes, name="probes")
    app.router.add_post(base + "/api/ask", ask.ask, name="ask")
    app.router.add_get(base + "/api/ask", ask.model, name="model")
    app.router.add_post(base + "/api/tickets", tickets.issue, name="tickets")
    app.router.add_get(base + "/login", login.page, name="login")
    app.router.add_post(base + "/login", login.log_in, name="login")
    app.router.add_post(base + "/logout", login.log_out, name="logout")
    app.router.add_get(base + "/healthz", ready.healthz, name="healthz")
    app.router.add_get(base + "/readyz", ready.readyz, name="readyz")
    app.router.add_get(base + "/static/{name}", assets.asset, name="static")
    if base:
        app.router.add_get(base, pages.to_home, name="to-home")
        app.router.add_get("/healthz", ready.healthz, name="own-healthz")  # for supervisors, who see no proxy
        app.router.add_get("/readyz", ready.readyz, name="own-readyz")
