"""Selections of rules: checked before anything is sent."""

import pytest

from conformance.catalogue import load_catalogue
from conformance.core import ProfileError
from conformance.judging.selection import select_rules


def test_selectors_are_ids_or_families() -> None:
    """A letter means its family; ignoring wins."""
    catalogue = load_catalogue()
    chosen = select_rules(catalogue, select=["s03", "H"], ignore=["H01"])
    assert chosen == {id_ for id_ in catalogue.rules if id_[0] == "H"} - {"H01"} | {"S03"}


def test_a_selection_that_leaves_nothing_is_refused() -> None:
    """A gate that judges nothing must not look green."""
    with pytest.raises(ProfileError, match="leaves no rule"):
        select_rules(load_catalogue(), select=["S03"], ignore=["S"])


def test_an_unknown_selector_is_answered_with_near_ones() -> None:
    """A typing mistake is told from a rule."""
    with pytest.raises(ProfileError, match=r"there is no rule 'S99'; did you mean S\d\d"):
        select_rules(load_catalogue(), select=["S99"])
