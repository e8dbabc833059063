"""Text of others inside GitHub's Markdown."""

__all__ = ["escaped"]

_SPECIAL = frozenset("\\`*_[]<>|&#@~")


def escaped(text: str, *, keep: str = "") -> str:
    """The text as one line that neither ends a table's cell nor becomes markup, a link or a mention.

    Args:
        text: Any text.
        keep: Characters that may do what Markdown makes of them.
    """
    special = _SPECIAL - set(keep)
    line = " ".join(text.split())
    return "".join(f"&#{ord(character)};" if character in special else character for character in line)
