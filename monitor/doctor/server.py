"""A running server: whether it answers and its stream comes, directly and through what stands before it."""

import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from monitor.doctor.finding import Finding
from monitor.doctor.place import Answer, Place, received, whole
from monitor.load.wire import CLOSE, FRAME, TEXT, split
from monitor.text import one_line

STREAM: Final = "/api/ws/metrics"
EVENTS: Final = "/api/stream"
#: Frames that have to come, seconds beyond those that they take, and seconds that nobody waits beyond.
FRAMES: Final = 3
PATIENCE: Final = 5.0
LONGEST: Final = 60.0

_NGINX = (
    'in nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";'
)
_BUFFERS = "switch its buffering off (in nginx: proxy_buffering off;), and compression for this path"


@dataclass(frozen=True, slots=True)
class View:
    """A server, from one side.

    name      of the side, in front of the checks' names: empty for the server itself
    interval  seconds between two frames
    local     it is on this machine, and nothing stands before it
    """

    place: Place
    interval: float
    name: str = ""

    @property
    def local(self) -> bool:
        """Whether nothing stands before it."""
        return not self.name

    def check(self, noun: str) -> str:
        """Return what a check is called from this side."""
        return f"{self.name} {noun}".strip()

    @property
    def frames(self) -> int:
        """Frames that are waited for: fewer where they are far apart."""
        return max(0, min(FRAMES, int((LONGEST - PATIENCE) / self.interval)))

    @property
    def patience(self) -> float:
        """Seconds in which they have to come."""
        return self.frames * self.interval + PATIENCE


def is_monitor(place: Place) -> bool:
    """Tell whether a monitor answers there, well or not."""
    try:
        return place.get("/healthz").is_ours
    except OSError:
        return False


def answers(view: View) -> Iterator[Finding]:
    """Look at whether it answers, and whether it is well."""
    check, base = view.check("server"), view.place.base
    try:
        answer = view.place.get("/healthz")
    except OSError as error:
        yield _unreachable(view, error)
        return
    if answer.status == 200 and b'"status"' in answer.begun:
        yield Finding.ok(check, f"{base}/healthz says that frames come")
    elif answer.code in ("frames_stopped", "no_frame"):
        yield Finding.problem(
            check,
            f"{base}/healthz says {answer.code}",
            "look into its log, and restart it; a watchdog does that by itself",
        )
    else:
        yield Finding.problem(check, f"{base}/healthz: {_said(answer)}", _remedy(view, answer))


def streams(view: View) -> Iterator[Finding]:
    """Look at the stream over WebSocket."""
    check = view.check("stream")
    try:
        with view.place.upgrade(STREAM).made() as (answer, connection):
            if answer.status != 101:
                yield _refused(view, check, whole(answer, connection))
                return
            yield _judged(view, check, *_frames(view, connection, answer.begun))
    except OSError as error:
        yield Finding.problem(check, f"{view.place.base}{STREAM}: {_why(error)}", _broken(view))


def events(view: View) -> Iterator[Finding]:
    """Look at the stream of server-sent events."""
    check = view.check("events")
    try:
        with view.place.ask(EVENTS, {"Accept": "text/event-stream"}) as (answer, connection):
            if answer.status != 200:
                yield _refused(view, check, whole(answer, connection))
                return
            yield _judged(view, check, *_events(view, connection, answer.begun))
    except OSError as error:
        yield Finding.problem(check, f"{view.place.base}{EVENTS}: {_why(error)}", _broken(view))


def _frames(view: View, connection: socket.socket, begun: bytes) -> tuple[int, bool]:
    """Return how many frames came in time, and whether anything did."""
    count, rest, anything = 0, b"", False
    try:
        for piece in received(connection, begun, view.patience):
            messages, rest = split(rest + piece)
            anything = anything or bool(messages)
            count += sum(opcode == TEXT and payload.startswith(FRAME) for opcode, payload in messages)
            if (anything and count >= view.frames) or any(opcode == CLOSE for opcode, _ in messages):
                break
    except TimeoutError:
        pass
    return count, anything


def _events(view: View, connection: socket.socket, begun: bytes) -> tuple[int, bool]:
    text = b""
    try:
        for piece in received(connection, begun, view.patience):
            text += piece
            if b"data:" in text and len(re.findall(rb'^data: ?\{"timestamp":', text, re.MULTILINE)) >= view.frames:
                break
    except TimeoutError:
        pass
    return len(re.findall(rb'^data: ?\{"timestamp":', text, re.MULTILINE)), b"data:" in text


def _judged(view: View, check: str, count: int, anything: bool) -> Finding:
    if anything and count >= view.frames:
        what = f"{count} frames came in time" if view.frames else "it opens, and frames are too far apart to wait for"
        return Finding.ok(check, f"{view.place.base}: {what}")
    came = f"{count} of {view.frames} frames" if anything else "nothing"
    text = f"{view.place.base}: it opens, but {came} came within {view.patience:g} s"
    return Finding.problem(
        check, text, _broken(view) if view.local else f"what stands before the server keeps it back: {_BUFFERS}"
    )


def _refused(view: View, check: str, answer: Answer) -> Finding:
    text = f"{view.place.base}: {_said(answer)}"
    if answer.status == 401 and not view.place.token:
        return Finding.ok(check, text + ": it asks who is there; to look further, name a token with --token-file")
    return Finding.problem(check, text, _remedy(view, answer))


def _remedy(view: View, answer: Answer) -> str:
    host = urlsplit(view.place.base).hostname
    if answer.code == "foreign_host":
        return f"start the server with --allowed-host {host}; behind a proxy, let it pass the Host header on"
    if answer.code == "foreign_origin":
        return "let the proxy pass the Host header on, with its port (in nginx: proxy_set_header Host $http_host;)"
    if answer.code in ("upgrade_required", "bad_request"):
        return f"the proxy leaves out the headers of the upgrade: {_NGINX}"
    if answer.status in (401, 403):
        return "the token does not open this: look at its scope (read) and its expiry"
    if answer.status == 429:
        return "the limits are per address: name the proxy as trusted_proxy, or all its clients are one"
    if answer.code == "too_many_clients":
        return "raise max_connections, and the limit of open files"
    if answer.status in (502, 503, 504) and not answer.is_ours:
        return "the proxy does not reach the server: look at the address it is given, and at the server's log"
    if 300 <= answer.status < 400:
        return f"use the address it leads to: {one_line(answer.headers.get('Location', ''))[:200]}"
    if answer.status == 404 or not answer.is_ours:
        return "another program answers here: look at the path in the proxy, at base_path, and at the port"
    return "look into the server's log"


def _unreachable(view: View, error: OSError) -> Finding:
    check, text = view.check("server"), f"nothing answers at {view.place.base}: {_why(error)}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return Finding.problem(
            check, text, "renew the certificate, send its whole chain, and use the name that is in it"
        )
    if isinstance(error, ssl.SSLError):
        return Finding.problem(check, text, "look whether TLS is on at this port: http:// or https://")
    if view.local:
        return Finding.warning(check, text, "start it: monitor serve, or systemctl start monitor; then ask again")
    return Finding.problem(check, text, "look at the name, the firewall, and whether the proxy runs")


def _broken(view: View) -> str:
    return "look into the server's log" if view.local else f"what stands before the server ends it: {_NGINX}"


def _said(answer: Answer) -> str:
    return f"HTTP {answer.status}" + (f" {answer.code}" if answer.code else "")


def _why(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message.lower()
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return one_line(error.strerror or str(error))[:200].lower()
