"""Lists of words as they are looked up: each entry by the stems of its words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from monitor.llama.grounding.words import fold, split, stem

Entry = tuple[str, ...]


class Phrasebook:
    """What each entry of some lists means.

    lists  by concept, texts of entries with commas between
    """

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        book: dict[Entry, set[str]] = {}
        for concept, texts in lists.items():
            for text in texts:
                for entry in listed(text):
                    book.setdefault(entry, set()).add(concept)
        self._concepts = {entry: frozenset(concepts) for entry, concepts in book.items()}
        self.longest = max(map(len, book))

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._concepts)

    def __contains__(self, entry: Entry) -> bool:
        return entry in self._concepts

    def of(self, entry: Entry) -> frozenset[str]:
        """Return the concepts of an entry, none for what is no entry."""
        return self._concepts.get(entry, frozenset())

    def found(self, stems: Sequence[str]) -> dict[str, tuple[int, ...]]:
        """Return where each concept is said: the places of the first words."""
        places: dict[str, list[int]] = {}
        for place in range(len(stems)):
            for size in range(1, min(self.longest, len(stems) - place) + 1):
                for concept in self.of(tuple(stems[place : place + size])):
                    places.setdefault(concept, []).append(place)
        return {concept: tuple(each) for concept, each in places.items()}


def listed(text: str) -> list[Entry]:
    """Return the entries of a list with commas, each as the stems of its words."""
    return [
        tuple(stem(word) for word in split(fold(" ".join(entry.split())))) for entry in text.split(",") if entry.strip()
    ]
