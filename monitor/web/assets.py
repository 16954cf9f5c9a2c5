"""Scripts, styles and icons, from memory: they are few and small.

A file that the kernel sends (`sendfile`) would wait there for a client that does not read, out of the keeper's sight.
"""

import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web

from monitor.web.operation import Parameter, Reader

FOLDER: Final = Path(__file__).resolve().parent / "static"
TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".ts": "text/plain"}

NAME: Final = Parameter(
    "name",
    Reader(
        lambda text, _: text, lambda _: {"type": "string", "pattern": "^[A-Za-z0-9._-]+$", "examples": ["icon.svg"]}
    ),
    "Name of the file.",
    "path",
)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its bytes, its media type, and a name for this very content (RFC 9110, 8.8.3)."""

    body: bytes
    media_type: str
    etag: str


ASSETS = web.AppKey("assets", Mapping[str, Asset])


def load() -> dict[str, Asset]:
    """Read every file, by name."""
    return {path.name: _read(path) for path in sorted(FOLDER.iterdir()) if path.is_file()}


async def asset(request: web.Request) -> web.Response:
    """GET /static/{name}: 304 to those who have it already."""
    found = request.app[ASSETS].get(request.match_info["name"])
    if found is None:
        raise web.HTTPNotFound
    return fresh(request, found.body, found.media_type, found.etag)


def fresh(request: web.Request, body: bytes, media_type: str, etag: str) -> web.Response:
    """Return the body, or 304 to those who have it already."""
    known = {each.value for each in request.if_none_match or ()}
    if etag in known or "*" in known:
        answer = web.Response(status=304)
    else:
        answer = web.Response(body=body, content_type=media_type, charset="utf-8")
    answer.etag = etag
    return answer


def etag_of(body: bytes) -> str:
    """Return a name for this very content."""
    return hashlib.sha256(body).hexdigest()[:16]


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    media_type = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(body, media_type, etag_of(body))
