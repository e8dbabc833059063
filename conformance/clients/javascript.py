"""JSON as JavaScript reads it: no NaN, and every number a double (ECMA-262, JSON.parse)."""

import json

from conformance.stream.payload import Json

__all__ = ["parse_as_javascript"]

# As many decimal digits as every double keeps.
_EXACT_DIGITS = 15


def parse_as_javascript(text: str) -> Json:
    """What JSON.parse makes of a text; numbers are as exact as JavaScript's.

    Raises:
        ValueError: It throws a SyntaxError.
    """
    value: Json = json.loads(text, parse_constant=_refuse, parse_int=_number, parse_float=_number)
    return value


def _number(digits: str) -> int | float:
    is_exact = len(digits) <= _EXACT_DIGITS and digits.lstrip("-").isdigit()
    return int(digits) if is_exact else float(digits)


def _refuse(name: str) -> Json:
    raise ValueError(f"{name} is not JSON")
