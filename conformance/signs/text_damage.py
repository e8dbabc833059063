"""How a text comes back: whole, cut off, rewritten, or with its characters damaged on the way.

Only damage of a known kind counts, since an app may cut off a prompt, normalise it, or have another one written.
"""

import json
import re
import unicodedata
from enum import Enum
from typing import Literal

__all__ = ["Damage", "damage"]

_WORD = re.compile(r"[^\s,]+")
_PLAIN_WORD = re.compile(r"[A-Za-z0-9]+")
_FORMS: tuple[Literal["NFC", "NFD", "NFKC", "NFKD"], ...] = ("NFC", "NFD", "NFKC", "NFKD")
_CODECS = ("latin-1", "cp1252")
# UTF-16 makes two question marks of a character, UTF-8 up to four.
_REPLACED = "[?\ufffd]"
# Somebody else's text may hold a few question marks of its own.
_LEAST_REPLACED_WORDS = 2


class Damage(Enum):
    """What became of characters that are not ASCII; the value says it in words."""

    ESCAPED = "escapes stand in their place"
    MOJIBAKE = "their UTF-8 was read as another encoding"
    REPLACED = "question marks stand in their place"
    DROPPED = "they were left out"


def damage(sent: str, echoed: str) -> Damage | None:
    """What was done to the characters of a text that are not ASCII.

    Args:
        sent: The text as it was sent.
        echoed: The text as it came back, whole or not.

    Returns:
        The damage, or None where there is none of a known kind.
    """
    words = [word for word in _WORD.findall(sent) if not word.isascii()]
    lost = [word for word in words if not any(form in echoed for form in _spellings(word))]
    checks = (
        (Damage.ESCAPED, any(_is_escaped(word, echoed) for word in lost)),
        (Damage.MOJIBAKE, any(_is_misread(word, echoed) for word in lost)),
        (Damage.REPLACED, len(set().union(*(_replaced(word, echoed) for word in lost))) >= _LEAST_REPLACED_WORDS),
        (Damage.DROPPED, bool(lost) and _is_dropped(sent, echoed)),
    )
    return next((kind for kind, is_so in checks if is_so), None)


def _spellings(word: str) -> set[str]:
    spelled = {word, *(unicodedata.normalize(form, word) for form in _FORMS)}
    return spelled | {change(item) for change in (str.lower, str.upper) for item in spelled}


def _is_escaped(word: str, echoed: str) -> bool:
    return any(form in echoed for item in _spellings(word) for form in (json.dumps(item)[1:-1], _python_escaped(item)))


def _python_escaped(text: str) -> str:
    return text.encode("unicode_escape").decode("ascii")


def _is_misread(word: str, echoed: str) -> bool:
    return any(item.encode().decode(codec, "replace") in echoed for item in _spellings(word) for codec in _CODECS)


def _replaced(word: str, echoed: str) -> set[int]:
    """Where the word stands, by itself, with some of its characters replaced and the others as they were."""
    patterns = ("".join(map(_itself_or_replaced, item)) for item in _spellings(word))
    found = (match for pattern in patterns for match in re.finditer(rf"(?<![^\s,]){pattern}(?![^\s,])", echoed))
    return {match.start() for match in found if re.search(_REPLACED, match.group())}


def _itself_or_replaced(character: str) -> str:
    itself = re.escape(character)
    return itself if character.isascii() else f"(?:{itself}|{_REPLACED}{{1,4}})"


def _is_dropped(sent: str, echoed: str) -> bool:
    """Whether nothing but ASCII is left, and what is left stands as it was sent."""
    kept, shown = ("".join(_PLAIN_WORD.findall(_ascii(text))).lower() for text in (sent, echoed))
    return echoed.isascii() and kept in shown


def _ascii(text: str) -> str:
    return text.encode("ascii", "ignore").decode()
