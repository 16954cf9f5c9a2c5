"""Models from a site that is cut off, changes its files and answers anything."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from monitor.llama import fetch as module
from monitor.llama.fetch import Fetching, Source, cache_folder, fetch, is_reference, source
from monitor.llama.model import NoModel

DATA = b"GGUF" + bytes(range(256)) * 4000
SHA = hashlib.sha256(DATA).hexdigest()


class Site(ThreadingHTTPServer):
    """A site with one file, which knows ranges; `cuts` are the numbers of bytes after which it hangs up, in turn."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.data = DATA
        self.etag = '"one"'
        self.status = 200
        self.cuts: list[int] = []
        self.ranges: list[str | None] = []
        self.gate = threading.Event()
        self.gate.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        site = self.server
        wanted = self.headers["Range"]
        site.ranges.append(wanted)
        if self.path != "/owner/repo/resolve/main/model.gguf" or site.status != 200:
            self.send_error(site.status if site.status != 200 else 404)
            return
        begin = int(wanted[6:-1]) if wanted and self.headers["If-Range"] == site.etag else 0
        if begin > len(site.data):
            self.send_error(416)
            return
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(site.data) - begin))
        self.send_header("ETag", site.etag)
        self.end_headers()
        site.gate.wait(20)
        body = site.data[begin:]
        self.wfile.write(body[: site.cuts.pop(0)] if site.cuts else body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the base class
        """Keep quiet."""


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(module, "PAUSE", 0.01)
    site = Site()
    thread = threading.Thread(target=site.serve_forever, args=(0.01,))
    thread.start()
    yield site
    site.gate.set()
    site.shutdown()
    thread.join()
    site.server_close()


def model(site: Site, folder: Path, sha256: str | None = None) -> Source:
    return source("hf:owner/repo/model.gguf", sha256, folder, site.url)


def test_a_model_is_fetched_once_and_kept(site: Site, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    path = fetch(model(site, tmp_path, SHA), lambda done, total: seen.append((done, total)))
    assert path == tmp_path / "owner" / "repo" / "model.gguf"
    assert path.read_bytes() == DATA
    assert seen[-1] == (len(DATA), len(DATA))
    assert sorted(each.name for each in path.parent.iterdir()) == ["model.gguf", "model.gguf.sha256"]
    assert fetch(model(site, tmp_path, SHA)) == path
    assert fetch(model(site, tmp_path)) == path
    assert site.ranges == [None]


def test_it_goes_on_where_it_was_cut_off(site: Site, tmp_path: Path) -> None:
    site.cuts = [300_000, 300_000]
    assert fetch(model(site, tmp_path, SHA)).read_bytes() == DATA
    assert site.ranges == [None, "bytes=300000-", "bytes=600000-"]


def test_a_file_that_has_changed_meanwhile_is_fetched_from_its_beginning(site: Site, tmp_path: Path) -> None:
    site.cuts = [300_000] + [0] * 9
    with pytest.raises(NoModel, match="cut off after 300000 of"):
        fetch(model(site, tmp_path))
    site.cuts, site.etag, site.data = [], '"two"', DATA[::-1]
    assert fetch(model(site, tmp_path)).read_bytes() == DATA[::-1]


def test_what_is_longer_than_the_file_is_thrown_away(site: Site, tmp_path: Path) -> None:
    wanted = model(site, tmp_path)
    wanted.path.parent.mkdir(parents=True)
    wanted.path.with_name("model.gguf.part").write_bytes(DATA * 2)
    wanted.path.with_name("model.gguf.part.etag").write_text(site.etag, encoding="ascii")
    assert fetch(wanted).read_bytes() == DATA


def test_a_wrong_sha256_is_no_model(site: Site, tmp_path: Path) -> None:
    wanted = model(site, tmp_path, "0" * 64)
    with pytest.raises(NoModel, match=f"has the sha256 {SHA}"):
        fetch(wanted)
    assert not wanted.path.exists()
    fetch(model(site, tmp_path))
    with pytest.raises(NoModel, match="thrown away"):
        fetch(wanted)


@pytest.mark.parametrize(("status", "requests"), [(404, 1), (401, 1), (503, module.TRIES)])
def test_a_site_that_has_it_not_is_asked_no_more_than_it_makes_sense(
    site: Site, tmp_path: Path, status: int, requests: int
) -> None:
    site.status = status
    with pytest.raises(NoModel, match=str(status)):
        fetch(model(site, tmp_path))
    assert len(site.ranges) == requests


def test_a_folder_that_cannot_be_written_is_named(site: Site, tmp_path: Path) -> None:
    (tmp_path / "owner").touch()
    with pytest.raises(NoModel, match=r"cannot keep the model in .*owner/repo"):
        fetch(model(site, tmp_path))


@pytest.mark.parametrize(
    "text", ["hf:", "hf:a/b", "hf:a/b/c.bin", "hf:../b/c.gguf", "hf:a/b/../c.gguf", "hf:a/b/.c.gguf", "hf:a//c.gguf"]
)
def test_a_reference_that_is_none_is_refused(text: str) -> None:
    assert is_reference(text)
    with pytest.raises(ValueError, match="hf:owner/repository"):
        source(text)


def test_a_sha256_is_64_digits() -> None:
    assert source("hf:a/b/c/d.Q4.gguf", "AB" * 32).sha256 == "ab" * 32
    with pytest.raises(ValueError, match="64"):
        source("hf:a/b/c.gguf", "12")


def test_the_cache_is_where_the_platform_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/x")
    assert cache_folder() == Path("/x/realtime-monitor/models")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/h")
    assert cache_folder() == Path("/h/.cache/realtime-monitor/models")
    monkeypatch.setattr("sys.platform", "darwin")
    assert cache_folder() == Path("/h/Library/Caches/realtime-monitor/models")


def test_while_it_is_fetched_there_is_none_yet(site: Site, tmp_path: Path) -> None:
    site.gate.clear()
    fetching = Fetching(model(site, tmp_path))
    with pytest.raises(NoModel, match="is being fetched"):
        fetching.path()
    site.gate.set()
    assert _in_the_end(fetching).read_bytes() == DATA


def test_after_a_failure_it_says_why_and_begins_again(site: Site, tmp_path: Path) -> None:
    site.status = 404
    fetching = Fetching(model(site, tmp_path))
    for _ in range(2000):
        with pytest.raises(NoModel) as caught:
            fetching.path()
        if "404" in str(caught.value):
            break
        threading.Event().wait(0.01)
    else:
        pytest.fail(str(caught.value))
    site.status = 200
    assert _in_the_end(fetching).read_bytes() == DATA


def _in_the_end(fetching: Fetching) -> Path:
    for _ in range(2000):
        with suppress(NoModel):
            return fetching.path()
        threading.Event().wait(0.01)
    raise AssertionError("never")
