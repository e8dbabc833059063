"""Profiles as they are written: what they set, what they extend, what is refused and how."""

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.catalogue import Basis, Catalogue, load_catalogue
from conformance.core import ProfileError
from conformance.probing.endpoint import Method
from conformance.profiles.profile import Auth
from conformance.profiles.profile_file import load_profile, parse_profile
from conformance.stream.bare_picture import Encoding
from conformance.stream.conventions import DataKind, EndMarker, EventRole, FinalMarker
from conformance.stream.payload import parse_payload
from conformance.stream.place import Place

PAGE = Path(__file__).parents[2] / "docs/reference/profiles.md"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def test_a_profile_sets_options_of_rules(catalogue: Catalogue) -> None:
    """A value in the profile replaces the rule's default, and leaves the others."""
    profile = parse_profile("[rules.F04]\nclose_seconds = 9", name="mine")
    profile.validate(catalogue)
    assert profile.options_for(catalogue.rules["F04"]).close_seconds == 9


def test_every_key_is_read() -> None:
    """What a profile says is what its conventions hold."""
    profile = parse_profile(
        """
        summary = "mine"
        method = "GET"
        bases = ["std", "client"]
        payload = { prompt = "x" }
        auth = { scheme = "Bearer", header = "X-Api-Key", required = true }
        not_applicable = { F05 = "one step" }

        [conventions]
        data = "text"
        carries_pictures = false
        picture_names = ["frame"]
        preview = ["frame"]
        final = ["frame", "out[].frame"]
        encoding = "url"
        format_member = "format"
        end_marker = { data = "[DONE]", event = "end", required = false }
        event_names = { frame = "preview", result = "final" }
        name_member = "kind"
        ids_required = true
        clients = ["openai-python"]
        """,
        name="mine",
    )
    said = profile.conventions
    assert (profile.method, profile.bases) == (Method.GET, (Basis.STANDARD, Basis.CLIENT))
    assert profile.auth == Auth(scheme="Bearer", header="X-Api-Key", is_required=True)
    assert (said.data, said.carries_pictures, said.picture_names) == (DataKind.TEXT, False, {"frame"})
    assert (said.previews, said.finals) == ((Place("frame"),), (Place("frame"), Place("out[].frame")))
    assert (said.encoding, said.format_member) == (Encoding.URL, "format")
    assert said.end_marker == EndMarker(data="[DONE]", event="end", is_required=False)
    assert said.event_roles == {"frame": EventRole.PREVIEW, "result": EventRole.FINAL}
    assert (said.name_member, said.requires_ids, said.clients) == ("kind", True, ("openai-python",))


def test_a_declared_marker_is_the_only_marker() -> None:
    """With a final_marker the usual ones no longer count."""
    profile = parse_profile('[conventions]\nfinal_marker = {name = "kind", value = "last"}', name="mine")
    marked = profile.conventions.is_marked_final
    assert (marked(parse_payload('{"kind": "last"}')), marked(parse_payload('{"final": true}'))) == (True, False)


def test_a_place_that_only_a_result_has_marks_it() -> None:
    """Another place than that of previews tells the final event."""
    profile = parse_profile('[conventions]\npreview = ["image"]\nfinal = ["images[]"]', name="mine")
    marked = profile.conventions.is_marked_final
    assert (marked(parse_payload('{"images": [1]}')), marked(parse_payload('{"image": 1, "final": true}'))) == (
        True,
        False,
    )


def test_what_is_extended_is_added_to() -> None:
    """Tables are merged key by key, rules option by option; a payload is replaced whole."""
    profile = parse_profile(
        """
        extends = "openai-images"
        payload = { prompt = "a cat" }
        auth = { required = true }
        conventions.final_marker = { name = "type", value = "image_edit.completed" }
        rules.F04.close_seconds = 9.0
        not_applicable.F05 = "one partial image may be all"
        """,
        name="edits",
    )
    base = load_profile("openai-images")
    assert (profile.payload, profile.summary) == ({"prompt": "a cat"}, base.summary)
    assert profile.auth == Auth(scheme="Bearer", is_required=True)
    assert profile.conventions.final_marker == FinalMarker(name="type", value="image_edit.completed")
    assert profile.conventions.encoding is Encoding.BASE64
    assert profile.options == {**base.options, "F04": {"close_seconds": 9.0}}
    assert profile.not_applicable == {**base.not_applicable, "F05": "one partial image may be all"}


def test_an_empty_marker_takes_an_inherited_one_away() -> None:
    """As for a service that sends the same without [DONE]."""
    profile = parse_profile('extends = "huggingface"\nconventions.end_marker = {}', name="mine")
    assert profile.conventions.end_marker is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[conventions", "is not valid TOML"),
        ("colour = 1", "profile 'mine': unknown key 'colour'; valid are auth, bases, conventions, extends, method"),
        ("summary = 3", "profile 'mine'.summary is 3, expected a text"),
        ("extends = 'fal-json'", "unknown profile 'fal-json': use fal, fal-3d, fal-distributed, fal-image"),
        ("method = 'PUT'", "profile 'mine'.method is 'PUT', expected one of POST, GET"),
        ("bases = ['law']", "profile 'mine'.bases is 'law', expected one of std, client, fal, ops"),
        ("rules = 3", "profile 'mine'.rules is 3, expected a table"),
        ("extends = 'fal'\nconventions = 3", "profile 'mine'.conventions is 3, expected a table"),
        ("payload = {day = 2026-11-22}", "expected values that JSON can hold"),
        ("payload = {scale = nan}", "expected values that JSON can hold"),
        ("not_applicable = {F05 = ''}", "profile 'mine'.not_applicable.F05 is '', expected a text"),
        ("not_applicable = {F05 = true}", "profile 'mine'.not_applicable.F05 is True, expected a text"),
        ("[auth]\nkey = 'x'", "unknown key 'key'; valid are header, required, scheme"),
        ("[auth]\nscheme = 'a b'", 'expected a word such as "Key"'),
        ("[auth]\nscheme = 3", 'expected a word such as "Key"'),
        ("[auth]\nheader = 'X-Color'", "'X-Color', expected a name that is known to hold a secret"),
        ("[auth]\nscheme = 'none'\nrequired = true", "is True, expected false beside"),
        ("[conventions]\nx = 1", "unknown key 'x'; valid are carries_pictures"),
        ("[conventions]\nclients = ['curl']", "is ['curl'], expected names among fal_client, fal-js, browser"),
        ("[conventions]\ndata = 'xml'", "conventions.data is 'xml', expected one of json, text"),
        ("[conventions]\nencoding = 'hex'", "is 'hex', expected one of media-object, url, base64"),
        ("[conventions]\nencoding = 'base64'", "expected 'preview' and 'final' beside it"),
        ("[conventions]\ncarries_pictures = 'no'", "is 'no', expected true or false"),
        ("[conventions]\npicture_names = 'image'", "is 'image', expected a list of texts"),
        ("[conventions]\npreview = ['a[0]']", "expected paths: 'a[0]' is no path"),
        ("[conventions]\npreview = ['image']", "conventions.final is None, expected a list of paths"),
        ("[conventions]\nfinal_marker = {name = 'x'}", 'expected the form { name = "type", value = "final" }'),
        ("[conventions]\nfinal_marker = {nam = 'x'}", "final_marker: unknown key 'nam'; valid are name, value"),
        ("[conventions]\nend_marker = {required = true}", 'expected the form { data = "[DONE]" }'),
        ("[conventions]\nevent_names = {done = 'end'}", "done is 'end', expected one of preview, final, result"),
        ("[conventions]\ndata = 'text'\nfinal_marker = {name = 'x', value = 1}", "expected none beside data"),
    ],
)
def test_a_profile_that_cannot_be_read_says_why(text: str, said: str) -> None:
    """The key, what was read, and what is valid are in the line."""
    with pytest.raises(ProfileError, match=re.escape(said)):
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
        ("[rules]\nF04 = 1", "rules.F04 is 1, expected a table"),
    ],
)
def test_a_profile_that_does_not_fit_the_catalogue_says_why(text: str, said: str, catalogue: Catalogue) -> None:
    """Rules and options are checked by name and by type."""
    with pytest.raises(ProfileError, match=said):
        parse_profile(text, name="mine").validate(catalogue)


_KEYS = st.sampled_from(
    ["summary", "extends", "method", "bases", "payload", "auth", "conventions", "rules", "not_applicable"]
)
_VALUES = st.sampled_from(["3", "true", "''", "'x'", "[]", "['x']", "{}", "{x = 1}", "{x = {y = 1}}", "1979-05-27"])


@given(st.dictionaries(_KEYS, _VALUES, max_size=4))
def test_a_document_is_a_profile_or_is_refused(document: dict[str, str]) -> None:
    """Whatever the types, no other error comes out, at the latest when the catalogue is asked."""
    text = "\n".join(f"{key} = {value}" for key, value in document.items())
    with suppress(ProfileError):
        parse_profile(text, name="mine").validate(load_catalogue())


def test_the_examples_of_the_page_are_profiles(catalogue: Catalogue) -> None:
    """Every whole example in the documentation can be used as it stands."""
    examples = re.findall(r"```toml\n(# my-[^\n]*\.toml\n.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    profiles = [parse_profile(example, name="example") for example in examples]
    assert len(profiles) >= 2
    for profile in profiles:
        profile.validate(catalogue)
