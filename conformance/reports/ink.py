"""What a report may put on a terminal: marks it can show, and text that cannot command it."""

from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from conformance.reports.escaping import printable

__all__ = ["Ink"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """The marks of one console, and the only way to text on it.

    Attributes:
        encoding: What the console can show.
        passed: Stands before what held.
        failed: Stands before what fell short.
        warned: Stands before a warning.
        dash: Stands for nothing, and before a remark.
        more: Stands where something was left out.
        line: Makes a line across the page.
    """

    encoding: str = "utf-8"
    passed: str = "✓"
    failed: str = "✗"
    warned: str = "!"
    dash: str = "–"  # noqa: RUF001 - a dash on purpose
    more: str = "…"
    line: str = "─"

    @classmethod
    def of(cls, console: Console) -> "Ink":
        """The ink for a console: ASCII where it does not show Unicode."""
        if console.encoding.lower().startswith("utf"):
            return cls(encoding=console.encoding)
        return cls(encoding="ascii", passed="+", failed="x", dash="-", more="...", line="-")

    def text(self, *parts: str | tuple[str, str]) -> Text:
        """Text out of plain parts and parts with a style. No part is read as markup, none holds a control character."""
        text = Text(overflow="fold")
        for part in parts:
            content, style = (part, "") if isinstance(part, str) else part
            text.append(printable(content, self.encoding), style)
        return text

    def unbroken(self, *parts: str | tuple[str, str]) -> Text:
        """Such text in one piece, to be copied: the terminal may break it, a line break of ours would spoil it."""
        text = self.text(*parts)
        text.no_wrap, text.overflow = True, "ignore"
        return text
