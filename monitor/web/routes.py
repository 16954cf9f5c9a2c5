"""The site map."""

from aiohttp import web

from monitor.web import api, ask, assets, events, live, pages, ready


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
    app.router.add_get("/healthz", ready.healthz, name="healthz")
    app.router.add_get("/readyz", ready.readyz, name="readyz")
    app.router.add_get("/static/{name}", assets.asset, name="static")
