"""How often each address may do something.

The buckets are aiolimiter's: one file without dependencies, 10 KB of memory, a microsecond a request, and a clock that
nobody sets. limits 5.8 costs 1 MB, sweeps in threads, and keeps a list for every address that ever came; pyrate-limiter
4.5 costs 2 MB, throttled-py 3.5 half of one, for stores and strategies that nobody here needs.
"""

import math
from collections import OrderedDict
from typing import Final

from aiolimiter import AsyncLimiter

#: Addresses of which it is known how often they came. Beyond that, who came longest ago is forgotten, whatever he did.
MOST_ADDRESSES: Final = 4096


class Rate:
    """So many in so many seconds for each address: at once if it likes, and then one whenever one has run off.

    amount   0: any number
    seconds  in which a full bucket is empty again
    """

    def __init__(self, amount: int, seconds: float) -> None:
        self._amount = amount
        self._seconds = seconds
        self._buckets: OrderedDict[str, AsyncLimiter] = OrderedDict()  # the one that was used last at the end

    def __len__(self) -> int:
        """Return how many addresses are known."""
        return len(self._buckets)

    @property
    def amount(self) -> int:
        """How many; 0: any number."""
        return self._amount

    @property
    def retry_after(self) -> int:
        """Whole seconds after which there is surely room for one who has been refused."""
        return math.ceil(self._seconds / self._amount) if self._amount else 0

    def has_room(self, address: str) -> bool:
        """Tell whether `take` would succeed."""
        bucket = self._buckets.get(address)
        return bucket is None or bucket.has_capacity()

    async def take(self, address: str) -> bool:
        """Count one more of this address; False where it has had its share, and nothing is counted.

        Never waits, so that no two can take the same room.
        """
        if not self._amount:
            return True
        bucket = self._buckets.get(address)
        if bucket is None:
            self._forget()
            self._buckets[address] = bucket = AsyncLimiter(self._amount, self._seconds)
        else:
            self._buckets.move_to_end(address)
        if not bucket.has_capacity():
            return False
        await bucket.acquire()  # there is room: it comes back at once
        return True

    def _forget(self) -> None:
        """Forget two addresses whose buckets are empty again, which changes nothing; so that there are ever fewer."""
        for _ in range(2):
            oldest = next(iter(self._buckets), None)
            if oldest is None:
                return
            if len(self._buckets) < MOST_ADDRESSES and not self._buckets[oldest].has_capacity(self._amount):
                return
            del self._buckets[oldest]
