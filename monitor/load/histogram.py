"""A histogram: as many values as you like in little room, and two of them add up without loss."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Histogram:
    """Counts of values, each rounded down to a multiple of `width`; the largest value is kept as it was."""

    width: float
    counts: dict[int, int] = field(default_factory=dict)
    largest: float | None = None

    def add(self, value: float) -> None:
        """Count one value."""
        place = int(value // self.width)
        self.counts[place] = self.counts.get(place, 0) + 1
        if self.largest is None or value > self.largest:
            self.largest = value

    def merge(self, other: "Histogram") -> None:
        """Count all that the other has counted; it must be of the same width."""
        for place, count in other.counts.items():
            self.counts[place] = self.counts.get(place, 0) + count
        if other.largest is not None and (self.largest is None or other.largest > self.largest):
            self.largest = other.largest

    def quantile(self, share: float) -> float | None:
        """Return the value below which this share (0 to 1) of all lies, to the width; None where there are none."""
        left = int(len(self) * share)
        for place, count in sorted(self.counts.items()):
            left -= count
            if left < 0:
                return place * self.width
        return self.largest

    def mean(self) -> float | None:
        """Return the mean of what was counted, to the width."""
        total = sum(place * count for place, count in self.counts.items())
        return total * self.width / len(self) if self.counts else None

    def __len__(self) -> int:
        return sum(self.counts.values())
