"""What browsers need to know to install the dashboard as an application (Web Application Manifest).

All addresses are relative to it: it is the same under every path, and for everybody.
"""

from typing import Any, Final

import msgspec
from aiohttp import web

from monitor.web.assets import etag_of, fresh

MEDIA_TYPE: Final = "application/manifest+json"

#: By their own names: what is installed keeps them for longer than one version of ours.
_ICONS: Final = (("icon.svg", "any"), ("icon-maskable.svg", "maskable"))
_MANIFEST: Final[dict[str, Any]] = {
    "name": "monitor",
    "short_name": "monitor",
    "start_url": "demo",
    "display": "standalone",
    "background_color": "#10161d",
    "theme_color": "#0f766e",
    "icons": [
        {"src": f"static/{name}", "type": "image/svg+xml", "sizes": "any", "purpose": purpose}
        for name, purpose in _ICONS
    ],
}


async def manifest(request: web.Request) -> web.Response:
    """GET /manifest.webmanifest."""
    body = msgspec.json.encode(_MANIFEST)
    return fresh(request, body, MEDIA_TYPE, etag_of(body))
