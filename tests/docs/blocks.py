"""The fenced blocks of a Markdown page, and what their info string says is to be done with them.

    ```sh                       commands; each must succeed
    ```sh needs=jq              commands that are left out where a tool is missing
    ```sh exit=1                commands; the last one ends with this code
    ```sh background            a server: started, waited for, stopped at the end of the page
    ```sh background again      the same, after the page's other servers were stopped
    ```text output              what the commands before it print: these lines, in this order, whatever the digits;
                                a line of three dots stands for any lines
    ```python file=my_app.py    written to a file first, as any language can be; other Python blocks are run

A comment `<!-- not run: reason -->` in front of a block spares it, and `<!-- first: command -->` is a command that a
reader of this page has typed before.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

_NOT_RUN = re.compile(r"<!-- not run: (.+?) -->")
_FIRST = re.compile(r"<!-- first: (.+?) -->")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One fenced block.

    Attributes:
        line: Where its text begins in the page, counted from 1.
        language: First word of its info string, or "".
        flags: The other words without `=`.
        settings: The other words with `=`.
        text: What is between the fences.
        spared: Why it is not run, or None.
    """

    line: int
    language: str
    flags: frozenset[str]
    settings: dict[str, str]
    text: str
    spared: str | None


def read_blocks(page: Path) -> list[Block]:
    """The blocks of a page in order."""
    blocks: list[Block] = []
    reason: str | None = None
    for token in MarkdownIt().parse(page.read_text("utf-8")):
        first_line = token.map[0] + 2 if token.map else 0
        if token.type == "html_block" and (comment := _NOT_RUN.search(token.content)):
            reason = comment[1]
        elif token.type == "html_block" and (comment := _FIRST.search(token.content)):
            blocks.append(_block(["sh"], text=comment[1], line=first_line, spared=None))
        elif token.type == "fence":
            blocks.append(_block(token.info.split(), text=token.content, line=first_line, spared=reason))
            reason = None
    return blocks


def _block(words: list[str], *, text: str, line: int, spared: str | None) -> Block:
    language, *others = words or [""]
    return Block(
        line=line,
        language=language,
        flags=frozenset(word for word in others if "=" not in word),
        settings=dict(word.split("=", 1) for word in others if "=" in word),
        text=text,
        spared=spared,
    )
