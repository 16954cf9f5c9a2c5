"""Where in a site we stand: under `base_path`, and under what a proxy in front of us leaves out of the path."""

from aiohttp import web

from monitor.web.caller import caller_of
from monitor.web.keys import BASE_PATH


def root_of(request: web.Request) -> str:
    """Return the path in front of every address of ours, as the client has to write it: empty, or /a/b."""
    base, prefix = request.app[BASE_PATH], caller_of(request).prefix
    # A proxy may tell of the path that it passes on: that is the same path, and not one more in front of it.
    return prefix if prefix.endswith(base) else prefix + base


def local_path(request: web.Request) -> str:
    """Return the path as the site map has it, without `base_path`."""
    base, path = request.app[BASE_PATH], request.path
    return path[len(base) :] if base and path.startswith(f"{base}/") else path


def local_target(request: web.Request) -> str:
    """Return path and query as they stand in the request line, without `base_path`."""
    base, target = request.app[BASE_PATH], request.raw_path
    return target[len(base) :] if base and target.startswith(f"{base}/") else target


def address_of(request: web.Request, path: str, scheme: str = "http") -> str:
    """Return the whole address of a path of ours as this client has to write it; `scheme` is http or ws.

    With the name from the Host header, which has been checked: the address in the request line may name anything.
    """
    secure = "s" if caller_of(request).is_secure else ""
    return f"{scheme}{secure}://{request.host}{root_of(request)}{path}"
