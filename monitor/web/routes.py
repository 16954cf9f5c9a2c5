"""The site map."""

from aiohttp import web

from monitor.web import api, ask, assets, events, live, login, pages, tickets


def setup_routes(app: web.Application) -> None:
    """Give every address its handler."""
    app.router.add_get("/", pages.home, name="home")
    app.router.add_get("/demo", pages.demo, name="demo")
    app.router.add_get("/api/ws/metrics", live.metrics, name="metrics", allow_head=False)
    app.router.add_get("/api/stream", events.stream, name="stream", allow_head=False)
    app.router.add_get("/api/system-stats", api.system_stats, name="system-stats")
    app.router.add_get("/api/history", api.past, name="history")
    app.router.add_get("/api/probes", api.probes, name="probes")
    app.router.add_post("/api/ask", ask.ask, name="ask")
    app.router.add_get("/api/ask", ask.model, name="model")
    app.router.add_post("/api/tickets", tickets.issue, name="tickets")
    app.router.add_get("/login", login.page, name="login")
    app.router.add_post("/login", login.log_in, name="login")
    app.router.add_post("/logout", login.log_out, name="logout")
    app.router.add_get("/healthz", api.healthz, name="healthz")
    app.router.add_get("/static/{name}", assets.asset, name="static")
