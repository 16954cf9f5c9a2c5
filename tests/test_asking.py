"""A question from the command line."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from monitor.asking import CannotAsk, answer_to
from monitor.cli import main


@pytest.fixture
def answers() -> Iterator[dict[str, object]]:
    """A server that gives the status and body in this dict; its address is there too."""
    given: dict[str, object] = {"status": 200, "body": b""}

    class Handler(BaseHTTPRequestHandler):
        """Answers every question alike."""

        def do_POST(self) -> None:
            given["asked"] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            given["path"] = self.path
            self.send_response(int(str(given["status"])))
            self.end_headers()
            self.wfile.write(bytes(given["body"]))  # type: ignore[call-overload]  # it is bytes

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        given["url"] = f"http://127.0.0.1:{server.server_port}"
        yield given
        server.shutdown()


def test_the_answer_is_printed_as_it_comes(answers: dict[str, object], capsys: pytest.CaptureFixture[str]) -> None:
    answers["body"] = (
        'event: facts\ndata: {"facts": []}\n\nevent: token\ndata: {"text": "4 GB"}\n\n'
        'event: token\ndata: {"text": " fit, né"}\n\nevent: done\ndata: {}\n\n'
    ).encode()
    assert main(["ask", "--url", str(answers["url"]), "room", "for 4 GB?"]) == 0
    assert capsys.readouterr().out == "4 GB fit, né\n"
    assert (answers["asked"], answers["path"]) == ({"prompt": "room for 4 GB?"}, "/api/ask")


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (503, b'{"error": {"code": "no_model", "message": "There is no model."}}', "There is no model."),
        (502, b"<html>", "502"),
        (200, b'event: error\ndata: {"message": "it died"}\n\n', "it died"),
    ],
)
def test_why_there_is_no_answer_is_said(
    answers: dict[str, object], status: int, body: bytes, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answers.update(status=status, body=body)
    assert main(["ask", "--url", str(answers["url"]), "cpu?"]) == 1
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("url", ["localhost:4000", "ftp://localhost", "http://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(CannotAsk, match="no address"):
        next(answer_to("cpu?", url))
