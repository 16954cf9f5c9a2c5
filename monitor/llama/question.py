"""A question as it is read: its words with what each may mean, and what it wants to know."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Literal

from monitor.llama import lexicon
from monitor.llama.framing import unframed
from monitor.llama.lexicon import listed, phrasebook
from monitor.llama.words import Speller, fold, split, stem

Language = Literal["en", "fr"]

#: Characters that are read; what follows them is not.
LONGEST: Final = 1000

_CONCEPTS: Final = phrasebook(
    {
        **lexicon.ASPECTS,
        **lexicon.SUBJECTS,
        **{name: topic[:2] for name, topic in lexicon.TOPICS.items()},
    }
)
_INTENTS: Final = phrasebook(lexicon.INTENTS)
_KNOWLEDGE: Final = phrasebook({"knowledge": (lexicon.KNOWLEDGE,)})
_COAXING: Final = phrasebook({"coaxing": (lexicon.COAXING,)})
_NEGATORS: Final = phrasebook({"negator": (lexicon.NEGATORS,)})
#: Programs that people name.
PROGRAMS: Final = frozenset(entry[0] for entry in listed(lexicon.PROGRAMS))
_ON_DISK: Final = frozenset(entry[0] for entry in listed(lexicon.ON_DISK))
_IN_MEMORY: Final = frozenset(entry[0] for entry in listed(lexicon.IN_MEMORY))
_LONGEST_ENTRY: Final = max(map(len, [*_CONCEPTS, *_INTENTS, *_KNOWLEDGE, *_COAXING, *_NEGATORS]))
_FILLER: Final = {lang: frozenset(fold(text).split()) for lang, text in lexicon.FILLER.items()}
_FILLERS: Final = frozenset(stem(word) for words in _FILLER.values() for word in words)
_UNITS: Final = {
    stem(unit) for unit in (*lexicon.BYTES, *lexicon.HERTZ, *lexicon.BITS, *lexicon.TIMES, *lexicon.PERCENT)
}
_NUMBERS: Final = {
    **{word: number for words in lexicon.NUMBER_WORDS.values() for word, number in words.items()},
}
#: Words that are units only behind a number, and only in French: "to" and "o" are words of their own in English.
_FRENCH_UNITS: Final = frozenset({"to", "o"})

#: The least that is enough, which is not the least of several.
_BOUNDS: Final = frozenset({("at", "least"), ("at", "minimum"), ("a", "minimum"), ("au", "moins"), ("au", "minimum")})
#: "you" asks for the server itself only where it is said to consume something.
_SELF: Final = re.compile(
    r"\b(?:do|are|did|have|would) you (?:\w+ )?(?:us(?:e|ing|ed)|consum\w+|tak(?:e|ing|en)|eat\w*|need\w*"
    r"|cost|occup\w+|hog\w*|burn\w*)\b"
    r"|\byou(?:'re| are)? (?:\w+ )?(?:using|consuming|taking|eating|hogging|burning|costing)\b"
    r"|\byour (?:\w+ )?(?:usage|consumption|footprint|load|cost)\b"
    r"|\b(?:tu|vous) (?:\w+ )?(?:consomme|utilise|prend|pren|occupe|bouffe|mange|coute|pese|pompe)\w*"
    r"|\b(?:consommes|utilises|prends|occupes|bouffes|manges|coutes|pompes)[- ]tu\b"
    r"|\b(?:consommez|utilisez|prenez|occupez|coutez)[- ]vous\b"
    r"|\bthis (?:little|small|tiny|very|whole|wee|nice|old) (?:tool|app|program|service|monitor|daemon|agent|process"
    r"|thing|software|script|server)\b"
    r"|\b(?:measuring|measurement|monitoring|metrics|telemetry|watching|supervision) (?:server|tool|agent|program"
    r"|process|service|software|app|daemon|thing)\b"
    r"|\b(?:tool|app|program|service|server|process|thing|one) that (?:measures|monitors|watches|tells|answers)\b"
    r"|\bcet?(?:te)? petite? (?:outil|appli|application|programme|service|moniteur|serveur|logiciel|truc|demon)\b"
    r"|\b(?:serveur|outil|agent|programme|logiciel|service|processus|appli|application|demon) (?:de |du |d'|qui "
    r"(?:te |vous |me |nous )?)(?:mesur|surveill|monitor|supervis|releve|metrolog|metriqu|repond)\w*"
    r"|\b(?:the|this) server(?:'s)? (?:itself|process|own)\b|\bserver's own\b|\bte faut[- ]il\b"
    r"|\bhow (?:heavy|big|hungry|greedy) are you\b"
)
_FORMULAS: Final = re.compile(
    r"\best[- ]ce qu(?:e\b|')|\bqu'est[- ]ce qu(?:e\b|')|\bcan you tell( me)?\b|\by a[- ]t[- ]il\b"
)
#: "what is eating my RAM" asks for a program.
_CULPRIT: Final = re.compile(
    r"\b(?:what|who)(?:'s| is|s)? (?:\w+ing up|eat\w*|us(?:es|ing)|hog\w*|tak(?:es|ing)|consum(?:es|ing)"
    r"|fill\w*|slow\w*|occup\w+|sucking|burning|clogging|causing)\b"
    r"|\bqu(?:i|'est[- ]ce qui) (?:\w+ )?(?:consomme|bouffe|prend|utilise|mange|occupe|rempli|ralenti"
    r"|pompe|sature|squatte)\w*"
)
#: What is counted, or which make it is: by the words around it, for the words alone say less.
_PARTS: Final = re.compile(
    r"\b(?:how many|number of) (?:\w+ )?(?:disks|drives|partitions|volumes|ssds|filesystems)\b"
    r"|\b(?:combien de|nombre de) (?:disques|partitions|volumes)\b"
)
_MANY: Final = re.compile(r"\bconnections\b|\b(?:combien de|nombre de) connexions\b")
_MAKE: Final = re.compile(
    r"\b(?:which|what|quel) (?:cpu|processor|processeur)(?: is (?:this|it|that|in|inside|installed)\b"
    r"| do\b| does\b| a\b| est[- ]ce\b|\W*$)"
)
#: A bare thing after "what is" asks what it is, and not how it is.
_DEFINITION: Final = re.compile(
    r"^\W*(?:what(?:'s| is| are|s)|define|que signifie|c'est quoi|qu'est[- ]ce qu(?:e|'))"
    r"(?: an?| un| une| la| le| l')? ?"
    r"(?:[^\W\d]|[ '-])+\W*$"
)
#: How things work, and what their names mean.
_WORKINGS: Final = re.compile(
    r"\bhow (?:does|do) [\w ]+ work\b|\bcomment (?:ca )?(?:fonctionne|marche)\b"
    r"|\bwhat (?:does|do) (?:an? |the )?\w+ (?:mean|do)\b"
    r"|\bhow an? \w+(?: \w+)? works?\b|\bwhat an? \w+(?: \w+)? (?:is|does)\b|\bce qu'est\b"
)
#: A program by its place in the sentence: "does X use", "utilisée par X".
_USER_OF: Final = re.compile(
    r"\b(?:does|is|do|by|did|has) (?:the |my |our )?([a-z][a-z0-9_.-]+) (?:use|using|take|taking|eat"
    r"|eating|consum\w+|need|hog\w*|occup\w+|burn\w*)\b"
    r"|\b(?:used|taken|eaten|consumed|hogged|occupied) by (?:the |my |our )?([a-z][a-z0-9_.-]+)"
    r"|\b(?:utilise|consomme|prend|occupe|bouffe|mange|pompe)e?s?(?:[- ]t[- ]il)? (?:par )(?:le |la |les "
    r"|l'|mon |ma )?([a-z][a-z0-9_.-]+)"
    r"|\b([a-z][a-z0-9_.-]+) (?:consomme|utilise|prend|occupe|bouffe|mange|pompe)(?:[- ]t[- ]il|[- ]t[- ]elle)?\b"
)
_DEICTIC: Final = re.compile(
    r"\b(?:this|my|our|your|the|ce|cet|cette|la|le|mon|ma|notre|ta|ton|votre) (?:\w+ )?"
    r"(?:machine|computer|pc|server|box|host|laptop|ordinateur|ordi|serveur|becane)\b|\bl'(?:ordinateur|ordi|hote)\b"
)


_STATE_OF_MACHINE: Final = re.compile(
    r"^\W*(?:how(?:'s| is|s| are)?|comment (?:va|se porte|est)|(?:ca|elle|il) va) (?:the|my|our|this|la"
    r"|le|l'|mon|ma|notre|ce|cette) ?"
    r"(?:machine|computer|pc|server|box|host|laptop|system|ordinateur|ordi|serveur|becane|systeme)\W*$"
)
#: Programs at large: what they have is what is in use.
_ALL_PROGRAMS: Final = re.compile(
    r"\b(?:do|by|all|for|can|could|les|aux|des|par les) (?:the )?(?:programs|processes|apps|applications"
    r"|programmes|processus|applis)\b"
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word, or several that mean one thing.

    stems     of its words
    concepts  what it may mean, "=word" for a word of a field's own among them; empty for all else
    known     whether it is a word we know, or one that carries nothing; a subject we do not know is not
    slipped   whether it was misspelt
    turned    whether a "not" before it made its opposite of it: "not used" is free
    start     place of its first word, end: after its last
    """

    stems: tuple[str, ...]
    concepts: frozenset[str]
    known: bool
    slipped: bool
    start: int
    end: int
    turned: bool = False

    @property
    def subjects(self) -> frozenset[str]:
        """What it may mean, apart from what only something else can have."""
        return self.concepts - lexicon.ASPECTS.keys() - {"machine", "data"}

    @property
    def listed(self) -> frozenset[str]:
        """Those of its subjects that the lists have."""
        return frozenset(each for each in self.subjects if each[0] != "=")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit: bytes, percent, MHz, or none."""

    value: float
    family: Literal["bytes", "percent", "hertz", "none"]
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked.

    lang        the language it is in
    words       folded, slips corrected
    tokens      what they mean, without those that are set aside ("not the memory")
    intents     what it wants to know: names of `lexicon.INTENTS`, with the place where each is said
    quantities  amounts that it names
    places      numbers that stand behind a word or ordinals before it ("core 2", "second core"): word's place -> number
    seconds     the stretch of the past it asks for; None where it does not ask for the past
    wanted      the unit it asks for ("in GB"), folded and stemmed
    open        whether it is asked with "how", "what", ...: then yes or no is no answer
    which       whether it asks which of several
    coaxing     whether it asks for something else than the truth
    knowledge   how much speaks for it being about the world
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
    seconds: float | None
    wanted: str | None
    open: bool
    which: bool
    coaxing: bool
    knowledge: int
    deictic: bool
    state_of_machine: bool
    on_disk: bool
    in_memory: bool

    def wants(self, *intents: str) -> bool:
        """Tell whether it has one of these intents."""
        return any(intent in self.intents for intent in intents)

    def without(self, dropped: Collection[Token]) -> "Question":
        """Return it without some of its tokens."""
        return replace(self, tokens=tuple(token for token in self.tokens if token not in dropped))


class Reader:
    """Reads questions about the fields whose words it is given.

    own  words of fields, sections and table entries that no list has, folded
    """

    def __init__(self, own: Iterable[str]) -> None:
        self._own = frozenset(stem(word) for word in own)
        singles = {word for entry in (*_CONCEPTS, *_INTENTS) for word in entry}
        self._known = singles | self._own | _FILLERS | _UNITS | set(_NUMBERS) | PROGRAMS | _ON_DISK | _IN_MEMORY
        self._known |= {
            word for entry in (*_KNOWLEDGE, *_COAXING, *_NEGATORS) for word in entry
        } | lexicon.ORDINALS.keys()
        worth = {entry[0] for entry in (*_CONCEPTS, *_INTENTS) if len(entry) == 1} | self._own
        self._speller = Speller(word for word in worth if len(word) > 2)

    def concepts_of(self, text: str) -> list[Token]:
        """Return the tokens of a phrase that carry something."""
        return [token for token in self._tokens(self._words(text, correct=False)) if token.concepts]

    def read(self, text: str, lang: Language | None = None) -> Question:
        """Read a question; `lang` is for when its words do not tell the language."""
        text = text[:LONGEST]
        lang = language_of(split(fold(text)), text) or lang
        plain = unframed(fold(text))
        written = self._words(plain, correct=True)
        words = [word for word, _ in written]
        lang = lang or language_of(words, text) or "en"
        tokens = self._tokens(written)
        quantities = _quantities(words, lang)
        numbered = _numbered(words, quantities)
        formulas = {place for match in _FORMULAS.finditer(plain) for place in _places(plain, match)}
        stems = [stem(word) for word in words]
        intents = _meant(_found(stems, _INTENTS), words, text)
        for pattern, concept in (
            (_SELF, "self"),
            (_CULPRIT, "program"),
            (_PARTS, "disk_parts"),
            (_MAKE, "model"),
            (_MANY, "connection"),
        ):
            match = pattern.search(plain)
            if match and not any(concept in token.concepts for token in tokens):
                place = len(split(plain[: match.start()]))
                heavy = concept == "self" and "are you" in match.group()
                concepts = frozenset({concept, "used"} if heavy else {concept})
                tokens.append(Token(("=",), concepts, True, False, place, place + 1))
        # "temps" is time, and in English the plural of "temp"; "main" is no form of "mains".
        misread = ["temps"] if lang == "fr" else ["main"]
        tokens = [
            replace(token, concepts=frozenset()) if words[token.start : token.end] == misread else token
            for token in tokens
        ]
        tokens.sort(key=lambda token: token.start)
        if _ALL_PROGRAMS.search(plain) and not set(words) & lexicon.WHICH and "max" not in intents:
            tokens = [token for token in tokens if not token.concepts or not token.concepts <= {"program", "=program"}]
        tokens = _turned(self._with_programs(tokens, plain), words)
        tokens = [
            replace(token, concepts=token.concepts | {"core"})
            if "cpu" in token.concepts and token.end - 1 in numbered
            else token
            for token in tokens
        ]
        spoken = {word for place, word in enumerate(words) if place not in formulas}
        question = Question(
            lang=lang,
            words=tuple(words),
            tokens=tuple(tokens),
            intents=intents,
            quantities=tuple(quantities),
            places=numbered,
            seconds=_seconds(words, stems, intents),
            wanted=_wanted(stems),
            open=bool(spoken & lexicon.ASKING),
            which=bool(spoken & lexicon.WHICH),
            coaxing=bool(_found(stems, _COAXING)),
            knowledge=sum(map(len, _found(stems, _KNOWLEDGE).values())) + (2 if _defines(plain, tokens, words) else 0),
            deictic=_DEICTIC.search(plain) is not None,
            state_of_machine=_STATE_OF_MACHINE.match(plain) is not None,
            on_disk=bool(set(stems) & _ON_DISK),
            in_memory=bool(set(stems) & _IN_MEMORY),
        )
        return question.without(_set_aside(question, stems))

    def _words(self, text: str, correct: bool) -> list[tuple[str, bool]]:
        """Return each word, folded, and whether it was corrected."""
        return [self._spelt(word) if correct else (word, False) for word in split(fold(text))]

    def _spelt(self, word: str) -> tuple[str, bool]:
        if not word.isalpha() or len(word) < 3 or word in self._known or stem(word) in self._known:
            return word, False
        guess = self._speller.guess(stem(word))
        return (guess, True) if guess else (word, False)

    def _tokens(self, written: list[tuple[str, bool]]) -> list[Token]:
        stems = [stem(word) for word, _ in written]
        tokens = []
        place = 0
        while place < len(stems):
            for size in range(min(_LONGEST_ENTRY, len(stems) - place), 0, -1):
                entry = tuple(stems[place : place + size])
                concepts = _CONCEPTS.get(entry, frozenset()) | (
                    {f"={entry[0]}"} if size == 1 and entry[0] in self._own else frozenset()
                )
                if concepts:
                    break
            word = stems[place]
            known = (
                bool(concepts) or not word.isalpha() or len(word) < 2 or (word in self._known and word not in PROGRAMS)
            )
            slipped = any(corrected for _, corrected in written[place : place + size])
            if not concepts and word in PROGRAMS:
                concepts, known = frozenset({"program"}), True
            tokens.append(Token(entry, concepts, known, slipped, place, place + size))
            place += size
        return tokens

    def _with_programs(self, tokens: list[Token], plain: str) -> list[Token]:
        names = {stem(name) for match in _USER_OF.finditer(plain) for name in match.groups() if name}
        return [
            replace(token, concepts=frozenset({"program"}), known=True)
            if not token.known and token.stems[0] in names
            else token
            for token in tokens
        ]


def _defines(plain: str, tokens: list[Token], words: list[str]) -> bool:
    """Tell whether a question asks what a thing is: "what is RAM?", but not "what is the RAM usage?"."""
    carrying = [token for token in tokens if token.concepts]
    if not carrying or not carrying[0].subjects or len(carrying) > 1:
        return False
    if _WORKINGS.search(plain):
        return True
    return len(words) <= 7 and not lexicon.HERE & set(words) and _DEFINITION.match(plain) is not None


def is_listed(word: str) -> bool:
    """Tell whether the lists have a folded word."""
    return stem(word) in _FILLERS or (stem(word),) in _CONCEPTS


def language_of(words: Iterable[str], text: str) -> Language | None:
    """Return the language of a text; None where nothing tells."""
    english = french = 0.0
    for word in words:
        weight = 1.0 if word in _FILLER["en"] or word in _FILLER["fr"] else 0.8
        in_english = word in _FILLER["en"] or word in _ENGLISH
        in_french = word in _FILLER["fr"] or word in _FRENCH
        if in_english and not in_french:
            english += weight
        elif in_french and not in_english:
            french += weight
    french += 0.6 * len(re.findall("[éèêàùçœîôûâ]", text.lower()))
    return None if english == french else "en" if english > french else "fr"


def _by_language(place: int) -> frozenset[str]:
    tables = (
        *lexicon.ASPECTS.values(),
        *lexicon.SUBJECTS.values(),
        *lexicon.TOPICS.values(),
        *lexicon.INTENTS.values(),
    )
    return frozenset(word for pair in tables for word in split(fold(str(pair[place]))) if len(word) > 2)


_ENGLISH: Final = _by_language(0)
_FRENCH: Final = _by_language(1)


def _found(stems: list[str], book: lexicon.Phrasebook) -> dict[str, tuple[int, ...]]:
    """Return where each concept of a book is said: the places of the first words."""
    found: dict[str, list[int]] = {}
    for place in range(len(stems)):
        for size in range(1, min(_LONGEST_ENTRY, len(stems) - place) + 1):
            for concept in book.get(tuple(stems[place : place + size]), ()):
                found.setdefault(concept, []).append(place)
    return {concept: tuple(places) for concept, places in found.items()}


def _meant(intents: Mapping[str, tuple[int, ...]], words: list[str], text: str) -> dict[str, tuple[int, ...]]:
    """Return the intents that their neighbours do not deny: "at least" asks for no least, "la charge" is a noun."""
    meant = {}
    for intent, places in intents.items():
        kept = [place for place in places if not (intent == "min" and _is_bound(words, place))]
        if intent in ("over", "under"):
            kept = [place for place in kept if not _is_opposed(words, place)]
        if intent == "busy" and "charg\u00e9" not in text.lower():
            kept = [place for place in kept if words[place] != "charge" or not _is_noun(words, place)]
        if kept:
            meant[intent] = tuple(kept)
    return meant


def _is_bound(words: list[str], place: int) -> bool:
    return place > 0 and (words[place - 1], words[place]) in _BOUNDS


def _is_opposed(words: list[str], place: int) -> bool:
    """Tell whether "no" makes the opposite of "more than"."""
    return (
        place > 0
        and words[place - 1] in ("no", "not", "pas")
        and words[place] in ("more", "fewer", "less", "plus", "moins")
    )


def _is_noun(words: list[str], place: int) -> bool:
    return place == 0 or words[place - 1] in lexicon.ARTICLES


def _turned(tokens: list[Token], words: list[str]) -> list[Token]:
    """Return the tokens with what is "not used" made free, and what is "not free" made used."""
    if any(token.concepts & {"cpu", "core"} for token in tokens):
        return tokens
    return [
        replace(token, concepts=frozenset({opposite}), turned=True)
        if (opposite := _opposite(token, words)) and _is_denied(token, words)
        else token
        for token in tokens
    ]


def _opposite(token: Token, words: list[str]) -> str | None:
    if "used" in token.concepts:
        return "free"
    return "used" if "free" in token.concepts and set(words[token.start : token.end]) & lexicon.VACANT else None


def _is_denied(token: Token, words: list[str]) -> bool:
    """Tell whether "not" stands before it with nothing of weight between, or "ne ... pas" around it."""
    before = token.start - 1
    while before > 0 and words[before] in lexicon.BETWEEN:
        before -= 1
    if before >= 0 and words[before] in ("not", "pas"):
        return not (before <= 2 and words[before - 1] == "do")  # "do not use more than ..."
    if before > 0 and words[before] == "t" and words[before - 1] in lexicon.DENYING:
        return True
    after = words[token.end : token.end + 1]
    return after == ["pas"] and bool({"n", "ne"} & set(words[max(0, token.start - 2) : token.start]))


def _places(plain: str, match: re.Match[str]) -> range:
    """Return the places of the words of a match."""
    first = len(split(plain[: match.start()]))
    return range(first, first + len(split(match.group())))


def _number(word: str) -> float | None:
    if word[0].isdigit():
        if re.fullmatch(r"\d{1,3}(,\d{3})+", word):
            word = word.replace(",", "")
        try:
            return float(word.replace(",", "."))
        except ValueError:
            return None
    return _NUMBERS.get(word)


def _run(words: list[str], place: int) -> tuple[float, int] | None:
    """Return the number that begins here and how many words it takes: "4", "vingt-cinq", "half a"."""
    first = _number(words[place])
    if first is None:
        return None
    if words[place][0].isdigit():
        return first, 1
    if first == 0.5:
        more = next(
            (
                n
                for n in (1, 2)
                if place + n < len(words) and words[place + n] not in ("a", "of", "an", "the", "de", "la", "un", "une")
            ),
            1,
        )
        return first, more
    value, size = first, 1
    while place + size < len(words) and (number := _NUMBERS.get(words[place + size])) is not None and number >= 1:
        joined = number == 100 or (number == 20 and value == 4)
        if not joined and (
            value % 10 != 0 or value == 0 or number >= 20 or (words[place + size] in ("un", "une") and value < 20)
        ):
            break
        value = value * number if joined else value + number
        size += 1
    return value, size


def _family(word: str, lang: Language, glued: bool) -> tuple[Literal["bytes", "percent", "hertz"], float] | None:
    unit = stem(word)
    if word in _FRENCH_UNITS and lang != "fr":
        return None
    if unit in lexicon.BYTES or word in lexicon.BYTES:
        return "bytes", lexicon.BYTES.get(unit) or lexicon.BYTES[word]
    if word in ("g", "t") and glued:
        return "bytes", lexicon.BYTES[f"{word}b"]
    if word in lexicon.PERCENT or unit in lexicon.PERCENT:
        return "percent", 1.0
    if unit in lexicon.HERTZ:
        return "hertz", lexicon.HERTZ[unit]
    return None


def _quantities(words: list[str], lang: Language) -> list[Quantity]:
    found = []
    place = 0
    while place < len(words):
        run = _run(words, place)
        if run is None:
            if words[place] in ("a", "an") and place + 1 < len(words):
                family = _family(words[place + 1], lang, glued=False)
                if family and family[0] == "bytes" and family[1] >= 2**20:
                    found.append(Quantity(family[1], "bytes", words[place + 1], place))
            place += 1
            continue
        value, size = run
        after = words[place + size : place + size + 2]
        digits = words[place][0].isdigit()
        family = _family(after[0], lang, glued=digits) if after else None
        if family is None and after in (["pour", "cent"], ["per", "cent"]):
            family = "percent", 1.0
        if family:
            found.append(Quantity(value * family[1], family[0], words[place], place))
        elif value == 0.5 and words[place] not in ("demi", "demie"):
            found.append(Quantity(50.0, "percent", words[place], place))
        elif digits and not (after and stem(after[0]) in lexicon.TIMES):
            found.append(Quantity(value, "none", words[place], place))
        place += size
    return found


def _numbered(words: list[str], quantities: list[Quantity]) -> dict[int, int]:
    """Return the numbers of "core 2", "core number 2" and "second core", by the place of the word they go with."""
    measured = {each.at for each in quantities if each.family != "none"}
    places = {}
    for place, word in enumerate(words):
        if word in lexicon.ORDINALS and place + 1 < len(words):
            places[place + 1] = lexicon.ORDINALS[word]
            continue
        number = _number(word)
        if word == "one" and words[place - 1] in ("by", ","):
            continue
        if number is None or number != int(number) or place in measured or word in ("un", "une") or place == 0:
            continue
        if place + 1 < len(words) and stem(words[place + 1]) in lexicon.TIMES:
            continue
        before = place - 1
        while before > 0 and words[before] in ("number", "no", "nr", "numero", "n", "id", "num"):
            before -= 1
        places.setdefault(before, int(number))
    return places


def _seconds(words: list[str], stems: list[str], intents: Mapping[str, tuple[int, ...]]) -> float | None:
    """Return how far back a question looks: 0 for lately, infinity for as far as can be, None where it does not."""
    for place, unit in enumerate(stems):
        if unit in lexicon.TIMES and (number := _stretch(words, place)) is not None:
            return number * lexicon.TIMES[unit]
    moves = intents.keys() & {"up", "down", "change"}
    if "long" in intents and (moves or intents.keys() & {"max", "min", "mean", "recent"}):
        return float("inf")
    if moves or ("recent" in intents and "total_since" not in intents):
        return 0.0
    if "long" in intents and not {"today", "aujourd"} & set(words):
        return float("inf")
    return None


def _stretch(words: list[str], place: int) -> float | None:
    """Return how many of the unit of time at this place have been: "the last 5 minutes", "depuis une minute"."""
    before = words[max(0, place - 6) : place]
    number, size = next(
        (
            (run[0], back)
            for back in range(min(4, place), 0, -1)
            if (run := _run(words, place - back)) and run[1] == back
        ),
        (1.0, 0),
    )
    meant = set(before)
    newest = {"last", "past", "dernier", "derniere"} & meant
    pace = size == 0 and not newest and before and before[-1] in lexicon.PACE
    if pace and (before[-1] != "a" or not meant & {"over", "for", "within", "ago"}):
        return None
    stems = {stem(word) for word in before}
    after = {stem(word) for word in words[place + 1 : place + 3]}
    if not (stems & lexicon.PAST or after & {"ago", "ecoulee", "passee", "derniere", "passe"}):
        return None
    if stem(words[place]) in ("second", "seconde") and size == 0 and not newest:
        return None
    return 0.25 if stems & {"quart", "quarter"} else 0.5 if stems & {"demi", "half"} else number


def _wanted(stems: list[str]) -> str | None:
    """Return the unit of "in GB", "how many gigs", "combien de Go"."""
    for before, unit in pairwise(stems):
        if before in ("in", "en", "many", "de", "of", "as", "d", "to") and (
            unit in lexicon.BYTES or unit in lexicon.HERTZ or unit in lexicon.BITS
        ):
            return unit
    return None


def _set_aside(question: Question, stems: list[str]) -> list[Token]:
    """Return the tokens that are named only to say that they are not meant."""
    aside: list[Token] = []
    for place in sorted(_found(stems, _NEGATORS).get("negator", ())):
        size = max(n for n in range(1, _LONGEST_ENTRY + 1) if tuple(stems[place : place + n]) in _NEGATORS)
        end = place + size
        reach = end
        while reach < len(stems) and (question.words[reach] not in lexicon.ENDERS):
            reach += 1
        inside = [t for t in question.tokens if end <= t.start < reach and t.concepts and not t.turned]
        outside = [t for t in question.tokens if t.concepts and t not in inside and t not in aside]
        subjects = {subject for token in inside for subject in token.subjects}
        others = {subject for token in outside for subject in token.subjects}
        if subjects:
            if others - {"program"}:
                aside += inside
        elif inside and any(
            t.concepts & lexicon.ASPECTS.keys() for t in outside if t.start < place or t.start >= reach
        ):
            aspects = {
                t for t in inside if t.concepts & {"used", "free", "total", "share"} and not t.concepts & {"load"}
            }
            if any(t.concepts & {"used", "free", "total", "share"} for t in outside) and reach < len(stems) + 1:
                aside += list(aspects)
    return aside
