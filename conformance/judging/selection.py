"""Which rules are reported."""

from collections.abc import Iterable

from conformance.catalogue import Catalogue
from conformance.core import ProfileError

__all__ = ["select_rules"]


def select_rules(catalogue: Catalogue, *, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> frozenset[str]:
    """Ids of the rules to report. A selector is an id (``S03``) or a family (``S``).

    Raises:
        ProfileError: A selector matches no rule, or nothing is left.
    """
    chosen = _matching(select, catalogue) if select else frozenset(catalogue.rules)
    chosen -= _matching(ignore, catalogue)
    if not chosen:
        raise ProfileError("the selection leaves no rule to judge")
    return chosen


def _matching(selectors: Iterable[str], catalogue: Catalogue) -> frozenset[str]:
    matched: set[str] = set()
    for selector in selectors:
        ids = {id_ for id_ in catalogue.rules if id_ == selector.upper() or id_[0] == selector.upper()}
        if not ids:
            catalogue.find(selector)
        matched |= ids
    return frozenset(matched)
