"""SIGHUP."""

import logging
from unittest.mock import Mock

import pytest

from monitor import reload
from monitor.notify import Notifier
from monitor.reload import Reload, terminal_closed


async def test_what_fails_stays_as_it_was_and_the_rest_is_read_anew(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    done: list[str] = []

    async def broken() -> None:
        raise ValueError("no key")

    async def fine() -> None:
        done.append("tokens")

    reloading, manager = Reload(), Mock(spec=Notifier)
    reloading.add("certificate", broken)
    reloading.add("tokens", fine)
    await reloading.run(manager)
    assert done == ["tokens"]
    assert "certificate: not reloaded, the old one stays: ValueError: no key" in caplog.text
    assert "tokens: reloaded" in caplog.text
    assert [call[0] for call in manager.method_calls] == ["reloading", "reloaded"]


async def test_with_nothing_to_read_anew_it_says_so(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await Reload().run(Notifier())
    assert "nothing to reload" in caplog.text


def test_only_who_had_a_terminal_can_lose_it(monkeypatch: pytest.MonkeyPatch) -> None:
    none = "/dev/no-such-terminal"
    monkeypatch.setattr(reload, "TERMINAL", "/dev/null")
    closed = terminal_closed()
    assert not closed()
    monkeypatch.setattr(reload, "TERMINAL", none)
    assert closed()
    assert not terminal_closed()()
