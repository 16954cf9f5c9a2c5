"""Where the load may go, and how a person says it."""

import pytest

from monitor.load.target import Target


@pytest.mark.parametrize(
    ("url", "host", "address", "port", "path"),
    [
        ("ws://localhost:4000/api/ws/metrics", "localhost", "127.0.0.1", 4000, "/api/ws/metrics"),
        ("ws://127.0.0.9/x?fields=cpu", "127.0.0.9", "127.0.0.9", 80, "/x?fields=cpu"),
        ("ws://[::1]:5", "[::1]", "::1", 5, "/"),
    ],
)
def test_a_url_of_this_machine_is_read(url: str, host: str, address: str, port: int, path: str) -> None:
    assert Target.of(url) == Target(host, address, port, (path,))
    assert str(Target.of(url)) == f"ws://{host}:{port}{path.partition('?')[0]}"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ws://example.org/", "'example.org' is not this machine"),
        ("ws://192.0.2.1/", "'192.0.2.1' is not this machine"),
        ("ws://localhost.example.org/", "is not this machine"),
        ("ws:///path", "'' is not this machine"),
        ("wss://localhost/", "must begin with ws://"),
        ("localhost:4000", "must begin with ws://"),
        ("ws://localhost:99999/", "is no URL"),
        ("ws://someone@localhost/", "no user"),
        ("ws://localhost/a b", "holds what a URL cannot"),
        ("ws://localhost/é", "holds what a URL cannot"),
    ],
)
def test_any_other_url_is_refused_with_the_reason(url: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Target.of(url)


def test_queries_take_the_place_of_the_urls_own() -> None:
    target = Target.of("ws://localhost/stream?interval=5")
    assert target.asking([]) == target
    assert target.asking(["fields=cpu", "", "fields=cpu"]).paths == ("/stream?fields=cpu", "/stream")
    with pytest.raises(ValueError, match="holds what a URL cannot"):
        target.asking(["fields=cpu\r\nHost: elsewhere"])
