"""The doctor on a running server and on what stands before it: each scripted fault is one that a proxy makes."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.doctor import place, server
from monitor.doctor.finding import Finding
from monitor.doctor.place import Place
from monitor.doctor.server import View, answers, events, is_monitor, streams
from tests.doctor import EVENT, FRAME, Script, answer, certificate, saying, switched

OURS = b"Server: monitor"
EVENTS_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for no more than a test has to."""
    monkeypatch.setattr(server, "PATIENCE", 0.3)


def refusal(status: int, code: str, *headers: bytes) -> list[bytes]:
    return answer(status, b'{"error":{"code":"%s","message":"no"}}' % code.encode(), OURS, *headers)


def look(check: Any, script: Script, *, public: bool = True, token: str = "") -> Finding:
    with saying(script) as url:
        (finding,) = check(View(Place.of(url, token), 0.05, "public" if public else ""))
        assert isinstance(finding, Finding)
        return finding


@pytest.mark.parametrize("check", [streams, events])
def test_frames_that_come_are_fine(check: Any) -> None:
    def script(head: bytes) -> list[bytes]:
        if b"Upgrade" in head:
            assert b"Origin: http://127.0.0.1:" in head
            return [switched(head) + FRAME[:5], FRAME[5:] + FRAME, FRAME]
        return [EVENTS_HEAD + EVENT, EVENT, EVENT]

    assert str(look(check, script).state) == "ok"


@pytest.mark.parametrize("check", [streams, events])
@pytest.mark.parametrize("pieces", [[], [b"one"]])
def test_a_proxy_that_keeps_frames_back_is_a_problem(check: Any, pieces: list[bytes]) -> None:
    def script(head: bytes) -> list[bytes]:
        if b"Upgrade" in head:
            return [switched(head), *(FRAME for _ in pieces)]
        return [EVENTS_HEAD, *(EVENT for _ in pieces)]

    finding = look(check, script)
    assert str(finding.state) == "problem"
    assert ("1 of 3 frames" if pieces else "nothing") in finding.text
    assert "buffering off" in finding.remedy
    assert "log" in look(check, script, public=False).remedy, "nothing stands before it: look into its log"


@pytest.mark.parametrize(
    ("script", "remedy"),
    [
        (refusal(426, "upgrade_required"), "proxy_set_header Upgrade"),
        (refusal(400, "bad_request"), "proxy_set_header Upgrade"),
        (refusal(421, "foreign_host"), "--allowed-host 127.0.0.1"),
        (refusal(403, "foreign_origin"), "proxy_set_header Host $http_host"),
        (refusal(403, "no_scope"), "scope"),
        (refusal(429, "too_many_handshakes"), "trusted_proxy"),
        (refusal(503, "too_many_clients"), "max_connections"),
        (refusal(500, "internal_error"), "log"),
        (answer(502, b"<h1>Bad Gateway</h1>", b"Server: nginx"), "does not reach the server"),
        (answer(504), "does not reach the server"),
        (answer(301, b"", b"Location: https://mon.example/"), "https://mon.example/"),
        (answer(404, b"", b"Server: nginx"), "another program"),
        (answer(200, b"hello"), "another program"),
        ([b"", b""], "Upgrade"),
        ([b"SSH-2.0-OpenSSH\r\n\r\n"], "Upgrade"),
    ],
)
def test_each_way_in_which_a_stream_is_refused_has_its_remedy(script: list[bytes], remedy: str) -> None:
    finding = look(streams, lambda _: script)
    assert str(finding.state) == "problem"
    assert remedy in finding.remedy
    assert look(events, lambda _: refusal(429, "too_many_requests")).remedy.startswith("the limits")


def test_an_answer_of_101_that_did_not_see_the_key_is_a_problem() -> None:
    finding = look(streams, lambda _: [b"HTTP/1.1 101 Switching Protocols\r\n\r\n"])
    assert "sec-websocket-accept" in finding.text


def test_events_that_end_at_once_are_a_problem() -> None:
    assert "closed" in look(events, lambda _: [EVENTS_HEAD, b""]).text


def test_a_server_that_asks_who_is_there_is_as_it_should_be_and_a_token_is_sent_where_there_is_one() -> None:
    heads: list[bytes] = []

    def script(head: bytes) -> list[bytes]:
        heads.append(head)
        return refusal(401, "unauthorized")

    finding = look(streams, script)
    assert (str(finding.state), "--token-file" in finding.text) == ("ok", True)
    finding = look(streams, script, token="very-secret")  # noqa: S106 - no secret
    assert str(finding.state) == "problem"
    assert b"Authorization: Bearer very-secret\r\n" in heads[-1]
    assert "very-secret" not in repr(Place.of("http://x", "very-secret"))


@pytest.mark.parametrize(
    ("script", "state", "said"),
    [
        (answer(200, b'{"status": "ok"}', OURS), "ok", "frames come"),
        (refusal(503, "frames_stopped"), "problem", "frames_stopped"),
        (refusal(503, "no_frame"), "problem", "no_frame"),
        (answer(404, b"", b"Server: nginx"), "problem", "HTTP 404"),
    ],
)
def test_a_server_says_how_it_is(script: list[bytes], state: str, said: str) -> None:
    finding = look(answers, lambda _: script)
    assert (str(finding.state), said in finding.text) == (state, True)


def test_a_server_that_is_not_there_is_a_warning_and_a_public_one_a_problem() -> None:
    with saying(lambda _: [b""]) as url:
        pass
    (finding,) = answers(View(Place.of(url), 1.0))
    assert (str(finding.state), "monitor serve" in finding.remedy) == ("warning", True)
    (finding,) = answers(View(Place.of(url), 1.0, "public"))
    assert (finding.check, str(finding.state)) == ("public server", "problem")
    assert not is_monitor(Place.of(url))


def test_one_that_is_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "PATIENCE", 0.1)
    assert "no answer in time" in look(answers, lambda _: []).text


def test_frames_that_are_far_apart_are_not_waited_for() -> None:
    view = View(Place.of("http://x"), 3600.0)
    assert (view.frames, view.patience) == (0, server.PATIENCE)
    with saying(lambda head: [switched(head), FRAME]) as url:
        (finding,) = streams(View(Place.of(url), 3600.0))
    assert "too far apart" in finding.text


@pytest.mark.parametrize(
    "url", ["", "mon.example", "ftp://x", "http://", "http://x:99999999", "http://a@x", "http://x/?q"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is for a person, or urllib's
        Place.of(url)


def test_an_address_keeps_its_path() -> None:
    assert Place.of("https://mon.example/monitor/").base == "https://mon.example/monitor"


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[str]:
    """A server with a certificate that nobody trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate(tmp_path))
    with saying(lambda _: answer(200, b'{"status": "ok"}', OURS), context) as url:
        yield url.replace("http:", "https:").replace("127.0.0.1", "localhost")


def test_a_certificate_that_nobody_trusts_is_a_problem_from_outside_and_none_to_oneself(secure: str) -> None:
    (finding,) = answers(View(Place.of(secure), 1.0, "public"))
    assert "self-signed certificate" in finding.text
    assert "renew the certificate" in finding.remedy
    (finding,) = answers(View(Place(secure, verified=False), 1.0))
    assert str(finding.state) == "ok"


def test_https_where_there_is_http_is_said() -> None:
    with saying(lambda _: answer(200)) as url:
        (finding,) = answers(View(Place.of(url.replace("http:", "https:")), 1.0))
    assert "http:// or https://" in finding.remedy


@pytest.mark.parametrize(
    "pieces",
    [
        [b"HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n", b'{"status"', b': "ok"}'],
        [b"HTTP/1.1 200 OK\r\nContent-Length: what\r\n\r\n", b'{"status": "ok"}', b""],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b'10\r\n{"status": "ok"}', b"\r\n0\r\n\r\n"],
        [b"HTTP/1.0 200\r\n\r\n", b'{"status": "ok"}'],
    ],
)
def test_a_body_is_read_however_it_ends(pieces: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "PATIENCE", 0.3)
    assert str(look(answers, lambda _: pieces).state) == "ok"


def test_a_head_without_an_end_is_given_up() -> None:
    assert "not http" in look(answers, lambda _: [b"HTTP/1.1 200 OK\r\n" + b"x" * 70_000]).text
