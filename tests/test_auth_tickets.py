"""Tickets and sessions, by a clock that stands still."""

import pytest

from monitor.auth import sessions as sessions_module
from monitor.auth import tickets as tickets_module
from monitor.auth.principal import Principal
from monitor.auth.sessions import LIFE as LONGEST_SESSION
from monitor.auth.sessions import Sessions
from monitor.auth.tickets import LIFE, MOST_EACH, Tickets, TooManyTickets
from tests.fakes import Clock

ADA = Principal("ada", frozenset({"read"}))
BOB = Principal("bob", frozenset({"ask"}), expires=2000.0)


def test_a_ticket_is_good_once_and_for_whom_it_was_issued_to() -> None:
    tickets = Tickets(Clock())
    ticket = tickets.issue(ADA)
    assert len(ticket) >= 22, "128 bits in base64"
    assert tickets.redeem(ticket + "x") is None
    assert tickets.redeem(ticket) is ADA
    assert tickets.redeem(ticket) is None


def test_a_ticket_expires() -> None:
    clock = Clock()
    tickets = Tickets(clock)
    first = tickets.issue(ADA)
    clock.now += LIFE - 1
    second = tickets.issue(ADA)
    clock.now += 1
    assert tickets.redeem(first) is None
    assert tickets.redeem(second) is ADA
    assert len(tickets) == 0


def test_tickets_are_few_for_each_and_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    tickets = Tickets(clock)
    for _ in range(MOST_EACH):
        tickets.issue(ADA)
    with pytest.raises(TooManyTickets):
        tickets.issue(ADA)
    monkeypatch.setattr(tickets_module, "MOST", MOST_EACH + 1)
    tickets.issue(BOB)
    with pytest.raises(TooManyTickets):
        tickets.issue(BOB)
    clock.now += LIFE
    assert tickets.redeem(tickets.issue(ADA)) is ADA


def test_a_session_ends_with_its_credential_or_after_twelve_hours() -> None:
    sessions = Sessions(Clock(1000.0))
    _, expires = sessions.begin(ADA)
    assert expires == 1000.0 + LONGEST_SESSION
    secret, expires = sessions.begin(BOB)
    assert expires == 2000.0
    found = sessions.find(secret)
    assert found is not None
    assert (found.name, set(found.scopes), found.expires) == ("bob", {"ask"}, 2000.0)
    assert sessions.lasts(found)
    sessions.end(found)
    assert not sessions.lasts(found)
    assert sessions.find(secret) is None


def test_sessions_are_few_for_each_and_for_all_and_the_oldest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(1000.0)
    sessions = Sessions(clock)
    monkeypatch.setattr(sessions_module, "MOST_EACH", 2)
    secrets = [sessions.begin(ADA)[0] for _ in range(3)]
    assert [sessions.find(each) is not None for each in secrets] == [False, True, True]
    monkeypatch.setattr(sessions_module, "MOST", 3)
    sessions.begin(BOB)
    last, _ = sessions.begin(BOB)
    assert sessions.find(secrets[1]) is None
    assert sessions.find(last) is not None
    clock.now = 1000.0 + LONGEST_SESSION
    sessions.begin(ADA)
    assert len(sessions) == 1
