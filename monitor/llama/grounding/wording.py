"""How things are called, and how it is written."""

from monitor.llama.grounding import lexicon
from monitor.llama.grounding.candidate import Candidate
from monitor.llama.grounding.language import Language
from monitor.probe import Number


def capital(text: str) -> str:
    """Return the text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def phrase_of(candidate: Candidate, lang: Language) -> str:
    """Return what a field is called in an answer: its first phrase, else one from its names."""
    texts = candidate.field.phrases.get(lang) or candidate.field.phrases.get("en")
    if texts:
        return texts[0]
    words = [word for word in candidate.field.name.split("_") if word not in lexicon.UNIT_WORDS]
    section = candidate.section.replace("_", " ")
    section = section.upper() if len(section) <= 3 else section
    return " ".join([section, *words]) if words != [candidate.section] else section


def signed(text: str, sign: bool, number: Number) -> str:
    """Return a change with its sign in front."""
    return f"+{text}" if sign and number > 0 else text
