"""Symptoms: short fingerprints of what a rule saw, the same again when the same fault is met again.

A symptom is taken from the words of a finding and the id of its rule. Everything that differs between two meetings of
one fault is left out of the words first: numbers (but not the status of an answer), what was read where it is more
than a plain name, asides in brackets, how often it was seen. Where a finding stands is no part of it.
"""

import hashlib
import re

__all__ = ["symptom"]

_LONGEST_NAME = 60
# The text of an exception has any length, and searching it takes time in the square of that.
_MOST_CHARACTERS = 2000
_HEX_DIGITS = 8

_QUOTED = re.compile(r"""(?<!\w)b?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")(?!\w)""", re.DOTALL)
_NAME = re.compile(r"[A-Za-z0-9_*+-][A-Za-z0-9_ .,:;=*/+-]*")
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*:)(//[^/?#]*)?.*", re.DOTALL)
_JSON = re.compile(r"(?<!\S)[{\[].*(?:[}\]]|\.\.\.)", re.DOTALL)
_ASIDE = re.compile(r"\s\((?:[^()]|\([^()]*\))*\)")
_BEST_OF = re.compile(r" in the best of \d+ runs")
_STATUS = r"(?:(?<=status )|(?<=status is )|(?<=answered with )|(?<=answer is )|(?<=[Tt]he ))[1-5]\d\d\b"
_UUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_WORD_WITH_DIGITS = r"[-+]?\w*\d\w*(?:\.\w*\d\w*)*"
_ENDLESS_WORD = r"\w{24,}"
_VOLATILE = re.compile(f"(?P<kept>{_STATUS})|{_UUID}|{_WORD_WITH_DIGITS}|{_ENDLESS_WORD}")
_SEVERAL = re.compile(r"#(?:(?:, | to | x )#)+")
_COUNTED = re.compile(r"# ([A-Za-z]+?)s?\b")
_DURATION = re.compile(r"# m?s\b")


def symptom(rule_id: str, message: str) -> str:
    """The symptom of one finding.

    Args:
        rule_id: The rule that found it.
        message: The finding's message, or the reason why the rule could not be tested.

    Returns:
        Eight hexadecimal digits: the beginning of the SHA-256 of the rule's id and of what is lasting in the message.
    """
    return hashlib.sha256(f"{rule_id} {_lasting(message)}".encode("utf-8", "replace")).hexdigest()[:_HEX_DIGITS]


def _lasting(message: str) -> str:
    text = _QUOTED.sub(_quoted, message[:_MOST_CHARACTERS])
    text = _JSON.sub("{}", text)
    text = _BEST_OF.sub("", _ASIDE.sub("", text))
    text = _VOLATILE.sub(lambda found: found["kept"] or "#", text)
    return _COUNTED.sub(r"# \1", _DURATION.sub("# s", _SEVERAL.sub("#", text)))


def _quoted(found: re.Match[str]) -> str:
    """A quoted name as it is, the host of a URL, and nothing of anything else."""
    value = found[0].removeprefix("b")[1:-1]
    url = _URL.fullmatch(value)
    if url is not None and (url[2] or url[1] == "data:"):
        return f"'{url[1]}{url[2] or ''}'"
    is_name = _NAME.fullmatch(value) is not None and len(value) <= _LONGEST_NAME and not value.endswith("...")
    return f"'{value}'" if is_name else "'*'"
