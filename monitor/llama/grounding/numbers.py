"""Numbers for people: sensible digits, the language's decimal mark, units that they use."""

from collections.abc import Mapping
from typing import Final

from monitor.llama.grounding import lexicon
from monitor.llama.grounding.language import Language
from monitor.probe import Number

_STEPS: Final = ("B", "KB", "MB", "GB", "TB", "PB")
_FRENCH_BYTES: Final = {"B": "o", "KB": "Ko", "MB": "Mo", "GB": "Go", "TB": "To", "PB": "Po"}
#: Units as they are written; those that are not here are written as they are called.
_WRITTEN: Final[Mapping[str, tuple[str, str]]] = {
    "percent": ("%", "%"),
    "celsius": ("°C", "°C"),
    "rpm": ("rpm", "tr/min"),
    "1/s": ("per second", "par seconde"),
    "ratio": ("", ""),
    "count": ("", ""),
}
_SECONDS: Final = ((172_800.0, 86_400.0, "days", "jours"), (7200.0, 3600.0, "h", "h"), (120.0, 60.0, "min", "min"))


def digits(value: Number, lang: Language, places: int | None = None) -> str:
    """Return a number with at most `places` digits behind the mark; by default as many as its size is worth."""
    if places is None:
        size = abs(value)
        places = 0 if size >= 1000 else 1 if size >= 10 else 2
    text = f"{value:.{places}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if text in ("-0", ""):
        text = "0"
    return text.replace(".", ",") if lang == "fr" else text


def amount(value: Number, unit: str, lang: Language, wanted: str | None = None) -> str:
    """Return a value with its unit: "655.2 MB", "2,8 %", "21,9 Go". `wanted` is a unit that was asked for, folded."""
    per = ""
    if unit in ("B/s", "MB/s"):
        unit, per = unit[:-2], "/s"
    if unit in _STEPS:
        return _bytes(value * 2 ** (10 * _STEPS.index(unit)), lang, wanted, per)
    if unit in ("Hz", "MHz"):
        return _hertz(value if unit == "MHz" else value / 1e6, lang, wanted)
    if unit == "s":
        for least, one, english, french in _SECONDS:
            if abs(value) >= least:
                return f"{digits(value / one, lang, 1)} {english if lang == 'en' else french}"
    if unit == "percent":
        return f"{digits(value, lang, 1 if abs(value) >= 1 else 2)} %"
    written = _WRITTEN.get(unit, (unit, unit))[lang == "fr"]
    return f"{digits(value, lang)} {written}".rstrip()


def _bytes(count: float, lang: Language, wanted: str | None, per: str) -> str:
    if wanted in lexicon.BITS:
        return f"{digits(count * 8 / 1e6, lang)} Mbit{per}"
    size = lexicon.BYTES.get(wanted or "")
    if size is None:
        step = 0
        while step + 1 < len(_STEPS) and abs(count) >= 1024 ** (step + 1):
            step += 1
    else:
        step = (size.bit_length() - 1) // 10
    unit = _STEPS[step]
    value = count / 1024**step
    # What was asked for in a unit that is far too big or small for it still has to say something.
    places = None if abs(value) >= 0.1 or value == 0 else 4
    if step == 0 or (wanted is not None and abs(value) >= 1000):
        places = 1 if step else 0
    return f"{digits(value, lang, places)} {_FRENCH_BYTES[unit] if lang == 'fr' else unit}{per}"


def _hertz(megahertz: float, lang: Language, wanted: str | None) -> str:
    giga = wanted in ("ghz", "gigahertz") or (wanted not in lexicon.HERTZ and megahertz >= 10_000)
    return (
        f"{digits(megahertz / 1000, lang, 2)} GHz"
        if giga
        else f"{digits(megahertz, lang, 0 if megahertz >= 100 else 2)} MHz"
    )


def span(seconds: float, lang: Language) -> str:
    """Return a stretch of time: "45 s", "5 min"."""
    if seconds >= 120 or seconds == 60:
        minutes = seconds / 60
        if minutes >= 120:
            return f"{digits(minutes / 60, lang, 1)} h"
        return f"{digits(minutes, lang, 1)} min"
    return f"{digits(seconds, lang, 0 if seconds >= 10 else 1)} s"
