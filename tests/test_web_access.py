"""The access log."""

import logging

import pytest
from aiohttp.test_utils import make_mocked_request
from aiohttp.web import Response

from monitor.logs import KEYS
from monitor.web.access import AccessLog
from monitor.web.caller import CALLER, Caller


def logged(path: str, caplog: pytest.LogCaptureFixture, method: str = "GET") -> logging.LogRecord:
    caplog.set_level(logging.DEBUG, "access")
    request = make_mocked_request(method, path)
    request[CALLER] = Caller("192.0.2.7", "https")
    AccessLog(logging.getLogger("access"), "").log(request, Response(status=404), 0.0123)
    return caplog.records[-1]


def test_a_line_has_who_what_and_how_it_went_and_never_the_query(caplog: pytest.LogCaptureFixture) -> None:
    record = logged("/api/ws/metrics?token=secret&history=60", caplog)
    assert record.getMessage() == "192.0.2.7 GET /api/ws/metrics 404 12.3 ms"
    assert vars(record)[KEYS] == {
        "address": "192.0.2.7",
        "method": "GET",
        "path": "/api/ws/metrics",
        "status": 404,
        "duration_ms": 12.3,
    }


def test_a_path_is_as_it_was_sent_and_not_longer_than_a_line(caplog: pytest.LogCaptureFixture) -> None:
    assert "/a%0D%0Ab%1B 404" in logged("/a%0D%0Ab%1B", caplog).getMessage()
    assert len(logged("/" + "x" * 8000, caplog, "M" * 8000).getMessage()) < 300


def test_nothing_is_made_where_nobody_reads_it() -> None:
    log = logging.getLogger("access.quiet")
    log.setLevel(logging.INFO)
    assert not AccessLog(log, "").enabled
