"""How many connections each address has."""

import pytest

from monitor.web.places import Places, counted


@pytest.mark.parametrize(
    ("address", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8:0:0:ffff::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("::1", "127.0.0.1", False),
        ("", "127.0.0.1", False),
    ],
)
def test_an_ipv6_address_is_counted_by_its_network_and_a_mapped_one_as_what_it_is(
    address: str, other: str, same: bool
) -> None:
    assert (counted(address) == counted(other)) is same


def test_places_are_taken_up_to_the_limit_and_given_back() -> None:
    places = Places(2)
    for _ in range(2):
        assert not places.are_full("a")
        places.take("a")
    assert places.are_full("a")
    assert not places.are_full("b")
    places.give_back("a")
    assert not places.are_full("a")
    assert places.taken("a") == 1


def test_an_address_without_connections_is_forgotten() -> None:
    places = Places(1)
    for number in range(100_000):
        places.take(str(number))
        places.give_back(str(number))
    assert len(places) == 0


def test_without_a_limit_no_address_is_ever_full() -> None:
    places = Places(0)
    for _ in range(1000):
        places.take("a")
    assert not places.are_full("a")
