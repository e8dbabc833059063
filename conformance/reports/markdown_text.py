"""Text that stands in Markdown as what it is, wherever it came from.

An endpoint chooses what stands in messages, URLs and bytes. Within a code span or a fenced block nothing of it is
markup, and GitHub looks there for no mention, link or reference either. Words of our own are escaped, so that they
say what they say.
"""

import re

from conformance.reports.escaping import printable

__all__ = ["cell", "clipped", "code", "fenced", "prose"]

_MARKUP = re.compile(r"([\\`*_\[\]<>#|~$&])")
_CLIPPED = "… [cut off]"


def clipped(text: str, most_characters: int) -> str:
    """The text on one line as it can be shown, or the beginning of that where it is too long."""
    line = printable(text[: most_characters + 1])
    return line if len(line) <= most_characters else f"{line[:most_characters]}{_CLIPPED}"


def code(text: str) -> str:
    """Any text as one code span, on one line.

    Source: CommonMark 6.1: a span ends at as many backticks as it began with, and one space on either side is dropped.
    """
    line = printable(text) or " "
    ticks = "`" * (_longest_run(line) + 1)
    pad = " " if line[0] in "` " or line[-1] in "` " else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"


def cell(text: str) -> str:
    """Any text as a code span in a table, where a bar would end the cell; it is escaped as in Python."""
    return code(printable(text).replace("|", "\\x7c"))


def fenced(*lines: str, language: str = "") -> str:
    """Any lines as a fenced block."""
    text = "\n".join(map(printable, lines))
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def prose(text: str) -> str:
    """Words of our own as they are; a word with an at sign, which might call somebody, as a code span."""
    words = printable(text).split(" ")
    return " ".join(code(word) if "@" in word else _MARKUP.sub(r"\\\1", word) for word in words)


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
