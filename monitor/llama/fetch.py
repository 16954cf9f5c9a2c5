"""Brings a model from Hugging Face into the cache: `hf:owner/repository/file.gguf`. Goes on where it was cut off."""

import fcntl
import hashlib
import http.client
import os
import re
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from monitor.llama.model import NoModel
from monitor.text import message_of

SITE: Final = "https://huggingface.co"
PREFIX: Final = "hf:"

CHUNK: Final = 256 * 1024
#: Seconds of silence after which a connection is given up; how often in a row, without a byte, until all is.
SILENCE: Final = 30.0
TRIES: Final = 4
#: Seconds between two tries.
PAUSE: Final = 1.0

#: Takes the bytes that are there, and how many there will be; None where the site does not tell.
Progress = Callable[[int, int | None], None]

_REFERENCE = re.compile(r"hf:([\w-][\w.-]*)/([\w-][\w.-]*)/((?:[\w-][\w.-]*/)*[\w-][\w.-]*\.gguf)", re.ASCII)


class _CutOff(Exception):
    """The connection ended too early."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a model comes from and where it is kept.

    sha256  of the file, in hexadecimal; None: it is taken as it comes
    """

    url: str
    path: Path
    sha256: str | None = None


def is_reference(text: str) -> bool:
    """Tell whether this says where a model comes from, and not where it is."""
    return text.startswith(PREFIX)


def source(reference: str, sha256: str | None = None, cache: Path | None = None, site: str = SITE) -> Source:
    """Return where the model of a reference comes from. Raises ValueError with what a reference looks like."""
    if not (match := _REFERENCE.fullmatch(reference)):
        raise ValueError("a model on Hugging Face is hf:owner/repository/file.gguf")
    if sha256 is not None and not re.fullmatch(r"[0-9a-fA-F]{64}", sha256):
        raise ValueError("a sha256 has 64 hexadecimal digits")
    owner, repository, file = match.groups()
    path = (cache or cache_folder()) / owner / repository / file
    return Source(f"{site}/{owner}/{repository}/resolve/main/{file}", path, sha256.lower() if sha256 else None)


def cache_folder() -> Path:
    """Return the folder in which this user's models are kept."""
    if sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "realtime-monitor" / "models"


def fetch(source: Source, progress: Progress = lambda done, total: None) -> Path:
    """Return the file, fetched unless it is there. Blocks, for as long as it takes. Raises NoModel."""
    path = source.path
    if path.is_file() and _is_verified(source):
        return path
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # another server may fetch the same
            if not path.is_file():
                _fetch_whole(source, part, progress)
                _verify(source, part)
                part.rename(path)
            else:
                part.unlink(missing_ok=True)
                if not _is_verified(source):
                    _verify(source, path)
    except OSError as error:
        raise NoModel(f"cannot keep the model in {path.parent}: {error.strerror or message_of(error)}") from None
    return path


def _fetch_whole(source: Source, part: Path, progress: Progress) -> None:
    failures = 0
    while True:
        before = part.stat().st_size
        try:
            _fetch_rest(source, part, progress)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                _restart(part)  # what is there is longer than the file
            elif error.code < http.HTTPStatus.INTERNAL_SERVER_ERROR:
                raise NoModel(f"{source.url} answers {error.code} {error.reason}") from None
            reason = f"{error.code} {error.reason}"
        except (urllib.error.URLError, TimeoutError, ConnectionError, http.client.HTTPException, _CutOff) as error:
            reason = message_of(error)
        else:
            return
        failures = 1 if part.stat().st_size > before else failures + 1
        if failures >= TRIES:
            raise NoModel(f"cannot fetch {source.url}: {reason}")
        time.sleep(PAUSE)


def _fetch_rest(source: Source, part: Path, progress: Progress) -> None:
    """Fetch what is missing; all of it where the file has changed since, or the site cannot begin in the middle."""
    mark = part.with_name(part.name + ".etag")
    request = urllib.request.Request(source.url, headers={"User-Agent": "realtime-monitor"})  # noqa: S310 - our own site
    have = part.stat().st_size
    etag = mark.read_text(encoding="ascii", errors="replace") if mark.is_file() else ""
    if have and etag:
        request.add_header("Range", f"bytes={have}-")
        request.add_header("If-Range", etag)
    with urllib.request.urlopen(request, timeout=SILENCE) as response:  # noqa: S310 - as above
        if response.status != http.HTTPStatus.PARTIAL_CONTENT:
            have = 0
            _restart(part)
        etag = response.headers.get("ETag", "")
        mark.write_text(etag if etag.isascii() and not etag.startswith("W/") else "", encoding="ascii")
        length = response.headers.get("Content-Length")
        total = have + int(length) if length else None
        with part.open("ab") as file:
            while data := response.read(CHUNK):
                file.write(data)
                have += len(data)
                progress(have, total)
    if total is not None and have != total:
        raise _CutOff(f"cut off after {have} of {total} bytes")
    mark.unlink(missing_ok=True)


def _restart(part: Path) -> None:
    os.truncate(part, 0)


def _is_verified(source: Source) -> bool:
    if source.sha256 is None:
        return True
    proof = _proof(source)
    return proof.is_file() and proof.read_text(encoding="ascii", errors="replace") == source.sha256


def _verify(source: Source, path: Path) -> None:
    """Hold the file against its sha256, once: a proof is left beside it. Raises NoModel, and removes a wrong file."""
    if source.sha256 is None:
        return
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != source.sha256:
        path.unlink()
        raise NoModel(f"{source.url} has the sha256 {found}, and not {source.sha256}; it was thrown away")
    _proof(source).write_text(found, encoding="ascii")


def _proof(source: Source) -> Path:
    return source.path.with_name(source.path.name + ".sha256")


class Fetching:
    """A model that is fetched while the server serves: until it is there, there is none, and how far it is."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._told = ""

    def start(self) -> None:
        """Begin to fetch, unless that goes on already; returns at once."""
        with self._lock:
            if self._thread is None:
                self._told = "it has just begun"
                self._thread = threading.Thread(target=self._run, name="fetch", daemon=True)
                self._thread.start()

    def path(self) -> Path:
        """Return the file. Raises NoModel while it is fetched; where that failed it says so, and begins again."""
        if self._source.path.is_file() and _is_verified(self._source):
            return self._source.path
        told, running = self._told, self._thread is not None
        self.start()
        if told and not running:
            raise NoModel(told)
        raise NoModel(f"the model {self._source.path.name} is being fetched: {self._told}")

    def _run(self) -> None:
        try:
            fetch(self._source, self._learn)
        except NoModel as error:
            self._told = str(error)
        finally:
            self._thread = None

    def _learn(self, done: int, total: int | None) -> None:
        of = f" of {total / 2**20:.0f} MB" if total else " MB"
        self._told = f"{done / 2**20:.0f}{of}"
