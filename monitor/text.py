"""Short, printable text for whatever a plugin or a person hands over: it may be huge, raise, or be no text at all."""

import reprlib
import traceback

#: The most characters of an error that are kept.
LONGEST_ERROR = 300

_short = reprlib.Repr()
_short.maxstring = _short.maxother = 120


def shown(value: object) -> str:
    """Return a short form of any value, for a message."""
    try:
        return printable(_short.repr(value))
    except BaseException:  # noqa: BLE001 - an object may do anything, and Python refuses to print an int of 5,000 digits
        return f"a value of type {type(value).__name__}"


def error_text(error: BaseException) -> str:
    """Return the kind and the message of an exception, cut where it is long."""
    kind, message = type(error).__name__, message_of(error)
    return f"{kind}: {message}" if message else kind


def message_of(error: BaseException) -> str:
    """Return the message of an exception alone."""
    try:
        return printable(str(error))[:LONGEST_ERROR]
    except BaseException:  # noqa: BLE001 - as above, SystemExit included
        return "(its message cannot be shown)"


def traceback_of(error: BaseException) -> str:
    """Return the traceback of an exception."""
    try:
        return printable("".join(traceback.format_exception(error)))
    except BaseException:  # noqa: BLE001 - as above
        return error_text(error)


def printable(text: str) -> str:
    """Return the text with what UTF-8 cannot hold replaced: half characters of file names and header bytes."""
    return text.encode("utf-8", "replace").decode()


def one_line(text: str) -> str:
    """Return the text as a line that a terminal shows as it is: without what moves the cursor or colours."""
    return " ".join("".join(each if each.isprintable() else " " for each in printable(text)).split())
