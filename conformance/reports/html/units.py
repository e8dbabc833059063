"""Numbers as the page writes them: sizes and instants."""

__all__ = ["at", "size"]

_NS_PER_MS = 1_000_000
_KILO = 1000


def size(number_bytes: int) -> str:
    """A size for people: bytes, kB or MB, of a thousand each."""
    if number_bytes < _KILO:
        return f"{number_bytes} B"
    kilobytes = number_bytes / _KILO
    return f"{kilobytes:.1f} kB" if kilobytes < _KILO else f"{kilobytes / _KILO:.2f} MB"


def at(at_ns: int) -> str:
    """An instant, counted from the start of the request: milliseconds below ten seconds."""
    milliseconds = at_ns / _NS_PER_MS
    return f"at {milliseconds:.0f} ms" if milliseconds < 10 * _KILO else f"at {milliseconds / _KILO:.2f} s"
