"""How many connections each address has at one time."""

from ipaddress import IPv6Address


def counted(address: str) -> str:
    """Return under which name an address is counted: IPv6 by its /64, which is what one subscriber has."""
    if ":" not in address:
        return address
    parsed = IPv6Address(address.partition("%")[0])
    return str(parsed.ipv4_mapped) if parsed.ipv4_mapped is not None else parsed.packed[:8].hex()


class Places:
    """Counts connections by address, and knows no address without any.

    limit  for one address; 0: any number
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._taken: dict[str, int] = {}

    def __len__(self) -> int:
        """Return how many addresses have a connection."""
        return len(self._taken)

    def taken(self, address: str) -> int:
        """Return how many connections an address has."""
        return self._taken.get(address, 0)

    def are_full(self, address: str) -> bool:
        """Tell whether an address has as many as it may have."""
        return bool(self.limit) and self.taken(address) >= self.limit

    def take(self, address: str) -> None:
        """Count one more."""
        self._taken[address] = self.taken(address) + 1

    def give_back(self, address: str) -> None:
        """Count one less."""
        left = self.taken(address) - 1
        if left > 0:
            self._taken[address] = left
        else:
            self._taken.pop(address, None)
