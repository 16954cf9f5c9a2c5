"""Scripts, styles and icons, from memory: they are few and small.

A file that the kernel sends (`sendfile`) would wait there for a client that does not read, out of the keeper's sight.

Each has two addresses: its own, and one with a hash of what it holds (`chart.0123abcd.js`), which browsers keep for
ever. Modules import one another by the second: what has changed is loaded anew, and nothing else. A script is whole at
the first, for people who read it; at the second it comes without comments, which are a third of it.
"""

import gzip
import hashlib
import logging
import mimetypes
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Final, NamedTuple

import jinja2
import rjsmin
from aiohttp import web
from jinja2.runtime import Context

from monitor.web.negotiation import takes_gzip
from monitor.web.operation import Parameter, Reader

log = logging.getLogger(__name__)

FOLDER: Final = Path(__file__).resolve().parent / "static"
#: Where each route's files are, below the folder.
PLACES: Final = {"static": "", "vendor": "vendor/"}
TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".ts": "text/plain"}
#: What the build brings, and what stands in for it in a checkout where nothing was built.
STAND_INS: Final = {"vendor/uplot.js": "no-uplot.js"}
#: Of an address with a hash: what is there never changes.
FOR_EVER: Final = "public, max-age=31536000, immutable"

#: Imports of a module, past its comments, templates and strings. What it fails to see stays as it is, and works too.
_MODULE: Final = re.compile(
    r"""
    //[^\n]* | /\*.*?\*/ | `(?:\\.|[^`\\])*`
    | \b(?:import|export)\b (?: [\w$*{},\s]*? \bfrom\b )? \s* (?P<q>["'])(?P<static>\.{1,2}/[^"'\n]+)(?P=q)
    | \bimport \s* \( \s* (?P<p>["'])(?P<dynamic>\.{1,2}/[^"'\n]+)(?P=p)
    | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'
    """,
    re.VERBOSE | re.DOTALL,
)
_STYLE: Final = re.compile(r"""/\*.*?\*/|\burl\(\s*["']?(?P<static>(?![a-z]+:|[/#])[^"')\s]+)["']?\s*\)""", re.DOTALL)
_GRAMMARS: Final = {".js": _MODULE, ".css": _STYLE}


def _name(example: str) -> Parameter[str]:
    schema = {"type": "string", "pattern": "^[A-Za-z0-9._-]+$", "examples": [example]}
    return Parameter("name", Reader(lambda text, _: text, lambda _: schema), "Name of the file.", "path")


NAME: Final = _name("icon.svg")
VENDORED: Final = _name("uplot.js")


class Body:
    """Bytes as they are sent; what is made of them is made when it is first asked for, since most servers never are.

    plain  the bytes
    """

    def __init__(self, plain: bytes) -> None:
        self.plain = plain

    @cached_property
    def etag(self) -> str:
        """A name for this very content (RFC 9110, 8.8.3)."""
        return etag_of(self.plain)

    @cached_property
    def packed(self) -> bytes:
        """The bytes in gzip."""
        return gzip.compress(self.plain, mtime=0)


class Asset:
    """One file.

    name     below static/: chart.js, vendor/uplot.js
    body     what it holds, with the imports by their hashed names
    imports  the names of what it does not run without, theirs included
    hashed   the name that has a hash of what it holds in it
    """

    def __init__(self, name: str, body: bytes, imports: tuple[str, ...] = ()) -> None:
        stem, dot, suffix = name.rpartition(".")
        self.name = name
        self.body = Body(body)
        self.imports = imports
        self.media_type = TYPES.get(dot + suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        self.hashed = f"{stem}.{self.body.etag[:8]}.{suffix}"

    @property
    def is_text(self) -> bool:
        """Whether it becomes much smaller by being compressed."""
        return self.media_type.startswith("text/") or self.media_type == "image/svg+xml"

    @cached_property
    def slim(self) -> Body:
        """The same, of a script without its comments and needless spaces; a test compares what is left."""
        if not self.name.endswith(".js"):
            return self.body
        return Body(rjsmin.jsmin(self.body.plain.decode(), keep_bang_comments=True).encode())


class Assets:
    """All files, by their names and by those with a hash."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """Take the files by name. Raises ValueError where one imports what is not there, or itself by way of others."""
        self._named: dict[str, Asset] = {}
        found = {name: list(_references(name, body)) for name, body in files.items()}
        for name, references in found.items():
            for each in references:
                if each.target not in files:
                    raise ValueError(f"static/{name} refers to {each.specifier}, which is not there")
        sorter = TopologicalSorter({name: {each.target for each in found[name]} for name in files})
        try:
            order = tuple(sorter.static_order())
        except CycleError as error:
            raise ValueError(f"these import each other in a circle: {' <- '.join(error.args[1])}") from None
        for name in order:
            self._named[name] = self._linked(name, files[name], found[name])
        self._hashed = {asset.hashed: asset for asset in self}

    def __iter__(self) -> Iterator[Asset]:
        return iter(self._named.values())

    def named(self, name: str) -> Asset:
        """Return the file of this name. Raises KeyError."""
        return self._named[name]

    def find(self, name: str) -> Asset | None:
        """Return the file with this name, or with this name with a hash; None where there is none."""
        return self._hashed.get(name) or self._named.get(name)

    def preloads(self, name: str) -> list[str]:
        """Return the hashed names of all modules that a module does not run without, itself left out."""
        return [self._named[each].hashed for each in self._named[name].imports]

    def _linked(self, name: str, body: bytes, references: "list[_Reference]") -> Asset:
        """Return a file whose references are by hashed names; what it refers to is known already."""
        text = body.decode() if references else ""
        imports: dict[str, None] = {}
        for each in reversed(references):
            last = self._named[each.target].hashed.rpartition("/")[2]
            cut = each.start + each.specifier.rfind("/") + 1
            text = text[:cut] + last + text[each.start + len(each.specifier) :]
        for each in references:
            if each.is_needed and name.endswith(".js"):
                imports.update(dict.fromkeys((*self._named[each.target].imports, each.target)))
        return Asset(name, text.encode() if references else body, tuple(imports))


ASSETS = web.AppKey("assets", Assets)


def load(folder: Path = FOLDER) -> Assets:
    """Read every file. Raises ValueError where their imports make no sense."""
    paths = sorted(path for path in (*folder.iterdir(), *folder.glob("vendor/*")) if path.is_file())
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    if missing := [name for name in STAND_INS if name not in files]:
        log.warning(
            "%s is not there, so the pages draw no charts: `make install` brings it, or `python packaging/backend.py`",
            missing[0],
        )
        files |= {name: files[STAND_INS[name]] for name in missing}
    return Assets(files)


def found(request: web.Request) -> Asset | None:
    """Return the file that a request is about; None where there is none."""
    place = PLACES.get(request.match_info.route.name or "")
    return None if place is None else request.app[ASSETS].find(place + request.match_info["name"])


def is_asset(path: str) -> bool:
    """Tell whether files stand at this path of the site map: pages of others import scripts from there."""
    return path.startswith("/static/")


async def asset(request: web.Request) -> web.Response:
    """GET /static/{name}: 304 to those who have it already."""
    wanted = found(request)
    if wanted is None:
        raise web.HTTPNotFound
    is_hashed = request.match_info["name"] == wanted.hashed.rpartition("/")[2]
    body = wanted.slim if is_hashed else wanted.body
    accepted = ",".join(request.headers.getall("Accept-Encoding", ()))
    if wanted.is_text and takes_gzip(accepted):
        answer = fresh(request, body.packed, wanted.media_type, f"{body.etag}-gzip")
        if answer.status == 200:
            answer.headers["Content-Encoding"] = "gzip"
    else:
        answer = fresh(request, body.plain, wanted.media_type, body.etag)
    if wanted.is_text:
        answer.headers["Vary"] = "Accept-Encoding"
    if is_hashed:
        answer.headers["Cache-Control"] = FOR_EVER
    return answer


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


def setup_addresses(environment: jinja2.Environment, assets: Assets) -> None:
    """Give templates the addresses of files: `asset(name)`, and `preloads(name)` of the modules that one needs."""

    @jinja2.pass_context
    def address(context: Context, name: str) -> str:
        return f"{context['root']}/static/{assets.named(name).hashed}"

    @jinja2.pass_context
    def preloads(context: Context, name: str) -> list[str]:
        return [f"{context['root']}/static/{each}" for each in assets.preloads(name)]

    environment.globals.update(asset=address, preloads=preloads)


class _Reference(NamedTuple):
    """One place where a file names another.

    start      where its specifier begins, in characters
    target     the name of the other
    is_needed  whether the file does not run without it: false for what is loaded by import()
    """

    start: int
    specifier: str
    target: str
    is_needed: bool


def _references(name: str, body: bytes) -> Iterator[_Reference]:
    grammar = _GRAMMARS.get(Path(name).suffix)
    for match in grammar.finditer(body.decode()) if grammar else ():
        groups = match.groupdict()
        kind = next((each for each in ("static", "dynamic") if groups.get(each)), None)
        if kind:
            specifier = groups[kind]
            target = normpath(join(dirname(name), specifier))
            yield _Reference(match.start(kind), specifier, target, kind == "static")
