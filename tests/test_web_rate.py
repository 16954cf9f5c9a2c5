"""How often each address may do something."""

import asyncio
from collections.abc import Callable

import pytest

from monitor.web.rate import MOST_ADDRESSES, Rate


@pytest.fixture
async def pass_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Stop the loop's clock; it goes on by so many seconds when told to."""
    now = asyncio.get_running_loop().time()
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: now)

    def forward(seconds: float) -> None:
        nonlocal now
        now += seconds

    return forward


async def many(rate: Rate, address: str, attempts: int = 200) -> int:
    """Return how many of so many parallel attempts succeed."""
    return sum(await asyncio.gather(*(rate.take(address) for _ in range(attempts))))


async def test_of_parallel_attempts_exactly_the_share_succeeds(pass_time: Callable[[float], None]) -> None:
    rate = Rate(10, 1.0)
    assert await many(rate, "a") == 10
    assert await many(rate, "b") == 10, "each address has its own"
    assert not rate.has_room("a")
    assert rate.has_room("c")


async def test_room_comes_back_evenly_and_soon_enough_for_who_waits_as_told(
    pass_time: Callable[[float], None],
) -> None:
    rate = Rate(20, 60.0)
    assert await many(rate, "a") == 20
    assert rate.retry_after == 3
    pass_time(2.9)
    assert not await rate.take("a")
    pass_time(0.2)
    assert await many(rate, "a") == 1
    pass_time(30)
    assert await many(rate, "a") == 10
    pass_time(3600)
    assert await many(rate, "a") == 20


async def test_zero_is_any_number() -> None:
    rate = Rate(0, 1.0)
    assert await many(rate, "a") == 200
    assert (len(rate), rate.retry_after, rate.amount) == (0, 0, 0)


async def test_addresses_whose_time_is_over_are_forgotten(pass_time: Callable[[float], None]) -> None:
    rate = Rate(10, 1.0)
    for number in range(1000):
        await rate.take(str(number))
    assert len(rate) == 1000
    pass_time(1.1)
    for number in range(1000):
        await rate.take(f"x{number}")
    assert len(rate) == 1000, "two old ones go for each new one, until there are none"


async def test_who_still_has_to_wait_is_not_forgotten_for_others(pass_time: Callable[[float], None]) -> None:
    rate = Rate(10, 60.0)
    await many(rate, "a")
    for number in range(MOST_ADDRESSES // 2):
        await rate.take(str(number))
        pass_time(0.001)
    assert not await rate.take("a")


async def test_a_hundred_thousand_addresses_at_once_take_bounded_room(pass_time: Callable[[float], None]) -> None:
    rate = Rate(10, 60.0)
    for number in range(100_000):
        assert await rate.take(str(number))
    assert len(rate) <= MOST_ADDRESSES
