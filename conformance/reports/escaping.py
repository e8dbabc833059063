"""Text that came from an endpoint, made fit to be shown.

An endpoint chooses what stands in messages, URLs and details. Written to a terminal as it is, it could clear the
screen, forge a verdict or turn text around; XML cannot hold some of it at all.
"""

__all__ = ["printable"]


def printable(text: str, encoding: str = "utf-8") -> str:
    """The text on one line, whatever does not print (or does not exist in the encoding) escaped as in Python.

    Line breaks and tabs count as not printing, as do surrogates and the marks that turn text around.
    """
    visible = "".join(character if character.isprintable() else _escape(character) for character in text)
    return visible.encode(encoding, "backslashreplace").decode(encoding)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
