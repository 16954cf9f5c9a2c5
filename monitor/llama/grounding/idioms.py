"""What is asked by the way it is said, where single words do not tell."""

import re
from dataclasses import replace
from typing import Final

from monitor.llama.grounding import lexicon
from monitor.llama.grounding.tokens import Token
from monitor.llama.grounding.vocabulary import ELSEWHERE
from monitor.llama.grounding.words import split, stem

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
FORMULAS: Final = re.compile(
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
    r"|\b(?:quoi comme|quel genre de|quel modele de|what (?:kind|sort|type) of) (?:cpu|processor|processeur|proc)\b"
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
DEICTIC: Final = re.compile(
    r"\b(?:this|my|our|your|the|ce|cet|cette|la|le|mon|ma|notre|ta|ton|votre) (?:\w+ )?"
    r"(?:machine|computer|pc|server|box|host|laptop|ordinateur|ordi|serveur|becane)\b|\bl'(?:ordinateur|ordi|hote)\b"
)
STATE_OF_MACHINE: Final = re.compile(
    r"^\W*(?:how(?:'s| is|s| are)?|comment (?:va|se porte|est)|(?:ca|elle|il) va) (?:the|my|our|this|la"
    r"|le|l'|mon|ma|notre|ce|cette) ?"
    r"(?:machine|computer|pc|server|box|host|laptop|system|ordinateur|ordi|serveur|becane|systeme)\W*$"
)
#: Programs at large: what they have is what is in use.
ALL_PROGRAMS: Final = re.compile(
    r"\b(?:do|by|all|for|can|could|les|aux|des|par les) (?:the )?(?:programs|processes|apps|applications"
    r"|programmes|processus|applis)\b"
)

#: How something is done, which no number says.
_HOW_TO: Final = re.compile(
    r"\bcomment (?!(?:savoir|connaitre|voir|dire|etre|se porter)\b)(?:(?:on|je) (?:peut |peux )?|puis-je |peut-on )?"
    r"[a-z]+(?:er|ir|re)\b"
)
#: An order to make something up; "write the CPU load" is none, for it says of what.
_ORDER: Final = re.compile(
    r"^\W*(?:(?:please|now|ok|okay|hey|just|then|can|could|would|will|you|kindly|let's|peux-tu|pouvez-vous|tu peux|stp"
    r"|svp|alors)[ ,]+)*"
    r"(?:(?:write|compose|draw|sing|invent|make up|imagine|implement|translate|rewrite|paint|rhyme|brainstorm|suggest"
    r"|redige[rsz]?|ecri[st]|ecrire|ecrivez|dessine[rz]?|invente[rz]?|imagine[rz]?|traduis|traduire|traduisez"
    r"|chante|raconte[rz]?|lis|propose[rz]?|recite[rz]?)\b(?:[- ](?:me|moi|us|nous))?"
    r"(?! (?:speed|rate|latency|throughput|activity|performance|bandwidth|load|ops|io|down|out)\b)"
    r"(?! (?:the|my|our|how|what|which|la|le|les|l'|combien|quel|quelle|ce|mon|ma)\b)"
    r"|(?:draft|code|program|design|type|read|tell|give|generate|prepare|summari[sz]e|resume[rz]?|lis|dis|donne)"
    r"(?:[- ](?:me|us|moi|nous))?"
    r" (?:an?|some|une?|des) (?:\w+ )?(?:word|sentence|story|joke|tale|riddle|letter|e?-?mail|poem|song|paragraph"
    r"|script|function|mot|phrase|histoire|blague|conte|devinette|lettre|courriel|poeme|chanson|paragraphe|fonction)s?\b)"
)
#: Whose it is that is asked for, where it is no machine's: "how many cores does an apple have".
_OWNER: Final = re.compile(
    r"\b(?:does|do|of|like|than|is an? \w+) an? ([a-z-]+)"
    r"|(?<!lot)(?<!lots)(?<!kind)(?<!sort) of ([a-z-]+)\W*$"
    r"|\b(?:a|ont|possede|que|comme|dans|d') ?une? ([a-z-]+)"
)
_MEANINGS: Final = (
    (_SELF, "self"),
    (_CULPRIT, "program"),
    (_PARTS, "disk_parts"),
    (_MAKE, "model"),
    (_MANY, "connection"),
)


def defines(plain: str, tokens: list[Token], words: list[str]) -> bool:
    """Tell whether a question asks what a thing is: "what is RAM?", but not "what is the RAM usage?"."""
    carrying = [token for token in tokens if token.concepts]
    if not carrying or not carrying[0].subjects or len(carrying) > 1:
        return False
    if _WORKINGS.search(plain):
        return True
    return len(words) <= 7 and not lexicon.HERE & set(words) and _DEFINITION.match(plain) is not None


def with_idioms(tokens: list[Token], plain: str) -> list[Token]:
    """Return the tokens with one more for each meaning that is in the way something is said; its stem is "="."""
    more: list[Token] = []
    for pattern, concept in _MEANINGS:
        match = pattern.search(plain)
        if match and not any(concept in token.concepts for token in [*tokens, *more]):
            place = len(split(plain[: match.start()]))
            heavy = concept == "self" and "are you" in match.group()
            concepts = frozenset({concept, "used"} if heavy else {concept})
            more.append(Token(("=",), concepts, True, False, place, place + 1))
    return sorted([*tokens, *more], key=lambda token: token.start)


def with_programs(tokens: list[Token], plain: str) -> list[Token]:
    """Return the tokens with what is unknown made a program where only a program can be meant."""
    names = {stem(name) for match in _USER_OF.finditer(plain) for name in match.groups() if name}
    return [
        replace(token, concepts=frozenset({"program"}), known=True)
        if not token.known and token.stems[0] in names
        else token
        for token in tokens
    ]


def with_verbs(tokens: list[Token], words: list[str]) -> list[Token]:
    """Return the tokens, "read" and "write" being verbs like any other where nothing beside them is of a disk."""
    beside = {concept for token in tokens if not _is_verb(token, words) for concept in token.concepts}
    of_disk = bool(beside & {"disk", "data", "speed", "disk_io", "load", "count"} or set(words) & lexicon.MEASURING)
    return [
        replace(token, concepts=token.concepts - {"disk_io"})
        if _is_verb(token, words) and (not of_disk or _is_order(token, words))
        else token
        for token in tokens
    ]


def _is_order(token: Token, words: list[str]) -> bool:
    return token.start == 0 and bool(set(words[1:2]) & {"the", "me", "us", "my", "our", "down", "out"})


def _is_verb(token: Token, words: list[str]) -> bool:
    return "disk_io" in token.concepts and set(words[token.start : token.end]) <= lexicon.READS_AND_WRITES


def with_elsewhere(tokens: list[Token], stems: list[str]) -> list[Token]:
    """Return the tokens, our words being unknown where they are part of another thing's name: "social network"."""
    inside = {
        place + n
        for place in ELSEWHERE.found(stems).get("elsewhere", ())
        for size in range(1, ELSEWHERE.longest + 1)
        if tuple(stems[place : place + size]) in ELSEWHERE
        for n in range(size)
    }
    return [
        replace(token, concepts=frozenset(), known=False)
        if token.concepts and any(place in inside for place in range(token.start, token.end))
        else token
        for token in tokens
    ]


def creates(plain: str) -> bool:
    """Tell whether a folded text orders something to be written, drawn or thought up."""
    return _ORDER.match(plain) is not None


def how_to(plain: str) -> bool:
    """Tell whether a folded text asks how something is done: "comment réduire ..."."""
    return _HOW_TO.search(plain) is not None


def owners(plain: str) -> list[str]:
    """Return the words for whose it may be that is asked for: "does an iPhone have", "a une pieuvre"."""
    return [name for match in _OWNER.finditer(plain) for name in match.groups() if name]


def places_of(plain: str, match: re.Match[str]) -> range:
    """Return the places of the words of a match."""
    first = len(split(plain[: match.start()]))
    return range(first, first + len(split(match.group())))
