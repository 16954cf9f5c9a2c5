"""A question as it is read: its words with what each may mean, and what it wants to know."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from monitor.llama.grounding.language import Language
from monitor.llama.grounding.quantities import Quantity
from monitor.llama.grounding.tokens import Token


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked.

    lang        the language it is in
    words       folded, slips corrected
    tokens      what they mean, without those that are set aside ("not the memory")
    intents     what it wants to know: names of `lexicon.INTENTS`, with the place where each is said
    quantities  amounts that it names
    places      numbers that stand behind a word or ordinals before it ("core 2", "second core"): word's place -> number
    denied      whether it asks whether something is not so
    seconds     the stretch of the past it asks for; None where it does not ask for the past
    moment      whether that is one moment ("a minute ago"), and not all that has been since
    wanted      the unit it asks for ("in GB"), folded and stemmed
    open        whether it is asked with "how", "what", ...: then yes or no is no answer
    which       whether it asks which of several
    coaxing     whether it asks for something else than the truth
    knowledge   how much speaks for it being about the world
    foreign     how many unknown words say whose it is that is asked for
    deictic     whether it speaks of this machine
    state_of_machine  whether it asks how this machine is, and nothing else
    on_disk, in_memory  whether what is to fit goes there
    """

    lang: Language
    words: tuple[str, ...]
    tokens: tuple[Token, ...]
    intents: Mapping[str, tuple[int, ...]]
    quantities: tuple[Quantity, ...]
    places: Mapping[int, int]
    denied: bool
    seconds: float | None
    moment: bool
    wanted: str | None
    open: bool
    which: bool
    coaxing: bool
    knowledge: int
    foreign: int
    deictic: bool
    state_of_machine: bool
    on_disk: bool
    in_memory: bool

    def wants(self, *intents: str) -> bool:
        """Tell whether it has one of these intents."""
        return any(intent in self.intents for intent in intents)

    def speaks_of(self, concept: str) -> bool:
        """Tell whether one of its tokens may mean this."""
        return any(concept in token.concepts for token in self.tokens)

    @property
    def unknown(self) -> list[Token]:
        """The tokens that mean nothing we know."""
        return [token for token in self.tokens if not token.known]

    def without(self, dropped: Collection[Token]) -> "Question":
        """Return it without some of its tokens."""
        return replace(self, tokens=tuple(token for token in self.tokens if token not in dropped))
