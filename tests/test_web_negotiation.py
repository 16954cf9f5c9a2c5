"""What a client would rather have."""

import pytest

from monitor.web.negotiation import takes_gzip, weights


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", {}),
        ("gzip", {"gzip": 1.0}),
        ("GZip;q=0.5 , br ; Q=1.000", {"gzip": 0.5, "br": 1.0}),
        ("gzip;q=0, *", {"gzip": 0.0, "*": 1.0}),
        ("gzip;q=2, br;q=, deflate;q=0.1234, a b, ;q=1, zstd", {"zstd": 1.0}),
    ],
)
def test_a_list_is_read_and_what_is_malformed_in_it_is_left_out(header: str, expected: dict[str, float]) -> None:
    assert weights(header) == expected


@pytest.mark.parametrize(
    ("header", "takes"),
    [
        ("gzip", True),
        ("x-gzip", True),
        ("gzip, deflate, br, zstd", True),
        ("gzip;q=0.5", True),
        ("br;q=1, gzip;q=0.001", True),
        ("*", True),
        ("*;q=0.1", True),
        ("", False),
        ("identity", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip;q=0.000, *;q=1", False),
        ("*;q=0", False),
        ("identity;q=1, gzip;q=0.5", False),
        ("identity;q=0.5, gzip;q=0.5", True),
        ("gzip;q=x", False),
        ("gzipped", False),
    ],
)
def test_gzip_is_taken_where_it_is_wanted_at_least_as_much_as_nothing(header: str, takes: bool) -> None:
    assert takes_gzip(header) is takes
