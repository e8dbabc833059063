"""A share as people write it: ``3 %`` or ``0.03``."""

from load.errors import UsageError

__all__ = ["read_share", "share_text"]

_PERCENT = 100


def read_share(text: str, what: str) -> float:
    """The share that a text names.

    Args:
        text: A number, with or without a percent sign.
        what: What it is of, for the error.

    Raises:
        UsageError: It is no number.
    """
    number, sign, rest = text.partition("%")
    try:
        share = float(number)
    except ValueError:
        raise UsageError(f"the {what} is {text!r}, expected a share such as '3 %' or 0.03") from None
    if rest.strip():
        raise UsageError(f"the {what} is {text!r}, expected a share such as '3 %' or 0.03")
    return share / _PERCENT if sign else share


def share_text(share: float) -> str:
    """The share in per cent, in as many digits as mean something."""
    return f"{share * _PERCENT:.3g} %"
