"""Profiles and selections: data that is checked before anything is sent."""

import pytest

from conformance.catalogue import Catalogue, load_catalogue
from conformance.core import ProfileError
from conformance.payload import parse_payload
from conformance.selection import (
    built_in_profiles,
    load_profile,
    parse_profile,
    select_rules,
)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.mark.parametrize("name", built_in_profiles())
def test_built_in_profiles_are_valid(name: str, catalogue: Catalogue) -> None:
    """Each loads, fits the catalogue, and brings a payload and a summary."""
    profile = load_profile(name)
    profile.validate(catalogue)
    assert (bool(profile.payload), bool(profile.summary)) == (True, True)


def test_a_profile_sets_options_of_rules(catalogue: Catalogue) -> None:
    """A value in the profile replaces the rule's default, and leaves the others."""
    profile = parse_profile("[rules.F04]\nclose_seconds = 9", name="mine")
    profile.validate(catalogue)
    assert profile.options_for(catalogue.rules["F04"]).close_seconds == 9


def test_a_declared_marker_is_the_only_marker() -> None:
    """With a final_marker the usual ones no longer count."""
    profile = parse_profile('[conventions]\nfinal_marker = {name = "kind", value = "last"}', name="mine")
    marked = profile.conventions.is_marked_final
    assert (marked(parse_payload('{"kind": "last"}')), marked(parse_payload('{"final": true}'))) == (True, False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[conventions", "is not valid TOML"),
        ("colour = 1", "unknown key 'colour'; valid are"),
        ("[conventions]\nx = 1", "unknown key 'x'; valid are carries_pictures"),
        ("rules = 3", "'rules' must be a table"),
        ("[conventions]\nfinal_marker = {name = 'x'}", "a final_marker is written"),
    ],
)
def test_a_profile_that_cannot_be_read_says_why(text: str, said: str) -> None:
    """The fault and the valid keys are in the line."""
    with pytest.raises(ProfileError, match=said):
        parse_profile(text, name="mine")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[rules.S99]\nx = 1", "there is no rule 'S99'"),
        ("[not_applicable]\nZ01 = 'x'", "there is no rule 'Z01'"),
        ("[rules.F04]\nseconds = 1", "unknown key 'seconds'; valid are close_seconds"),
        ("[rules.F04]\nclose_seconds = '2'", "is '2', expected a value like 2.0"),
        ("[rules.F04]\nclose_seconds = true", "is True, expected a value like 2.0"),
        ("[rules.S03]\nx = 1", "rule S03 has no options"),
    ],
)
def test_a_profile_that_does_not_fit_the_catalogue_says_why(text: str, said: str, catalogue: Catalogue) -> None:
    """Rules and options are checked by name and by type."""
    with pytest.raises(ProfileError, match=said):
        parse_profile(text, name="mine").validate(catalogue)


def test_selectors_are_ids_or_families(catalogue: Catalogue) -> None:
    """A letter means its family; ignoring wins."""
    chosen = select_rules(catalogue, select=["s03", "H"], ignore=["H01"])
    assert chosen == {id_ for id_ in catalogue.rules if id_[0] == "H"} - {"H01"} | {"S03"}


def test_a_selection_that_leaves_nothing_is_refused(catalogue: Catalogue) -> None:
    """A gate that judges nothing must not look green."""
    with pytest.raises(ProfileError, match="leaves no rule"):
        select_rules(catalogue, select=["S03"], ignore=["S"])
