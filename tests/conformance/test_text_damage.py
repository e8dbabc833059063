"""What may become of a prompt on its way back, and what counts as damage."""

import json
import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.signs.text_damage import Damage, damage

SENT = (
    'a cat, \U0001f469\u200d\U0001f680, cafe\u0301, \u05e9\u05dc\u05d5\u05dd, \U00020bb7\u91ce\u5bb6, "quoted" \\ '
    "back\nnext\u2028last"
)
FORMS: tuple[Literal["NFC", "NFD", "NFKC", "NFKD"], ...] = ("NFC", "NFD", "NFKC", "NFKD")
PLAIN = st.text(st.characters(codec="ascii", categories=("L", "N", "Zs", "Po")), max_size=40)


def in_place_of(text: str, least: int, mark: str) -> str:
    return "".join(mark if ord(character) >= least else character for character in text)


@pytest.mark.parametrize(
    ("echoed", "expected"),
    [
        (SENT.encode("ascii", "replace").decode(), Damage.REPLACED),
        (SENT.encode("latin-1", "replace").decode("latin-1"), Damage.REPLACED),
        (SENT.encode().decode("ascii", "replace"), Damage.REPLACED),
        (in_place_of(SENT, 0x10000, "?"), Damage.REPLACED),
        (in_place_of(SENT, 0x10000, "\ufffd\ufffd"), Damage.REPLACED),
        (SENT.encode().decode("latin-1"), Damage.MOJIBAKE),
        (SENT.encode().decode("cp1252", "replace"), Damage.MOJIBAKE),
        (SENT.encode().decode("cp1252", "ignore"), Damage.MOJIBAKE),
        (SENT.encode("ascii", "ignore").decode(), Damage.DROPPED),
        (json.dumps(SENT), Damage.ESCAPED),
        (SENT.encode("unicode_escape").decode(), Damage.ESCAPED),
    ],
)
def test_damage_is_told_by_its_kind(echoed: str, expected: Damage) -> None:
    """Each way in which real software loses characters."""
    assert damage(SENT, echoed) is expected


@given(st.integers(0, len(SENT)), st.sampled_from(FORMS), PLAIN, PLAIN, st.booleans())
def test_a_text_that_is_cut_normalised_or_wrapped_is_whole(
    length: int, form: Literal["NFC", "NFD", "NFKC", "NFKD"], before: str, after: str, upper: bool
) -> None:
    """What an app may do to a prompt is no damage."""
    echoed = before + unicodedata.normalize(form, SENT[:length]) + after
    assert damage(SENT, echoed.upper() if upper else echoed) is None


@given(PLAIN, PLAIN)
def test_damage_shows_inside_other_words(before: str, after: str) -> None:
    """A style that is added to the prompt hides nothing."""
    assert damage(SENT, f"{before}, {SENT.encode('ascii', 'replace').decode()}, {after}") is Damage.REPLACED


@given(st.text(max_size=60))
def test_another_text_is_not_judged(echoed: str) -> None:
    """A prompt that was rewritten holds none of the words that were sent."""
    assert damage(SENT, echoed) is None


@given(st.text(max_size=60))
def test_a_text_is_never_damaged_by_itself(text: str) -> None:
    """Whatever a user may have asked for, question marks and broken characters included."""
    assert damage(text, text) is None


@given(st.text(st.characters(codec="ascii"), max_size=60), st.text(max_size=60))
def test_ascii_has_nothing_to_lose(sent: str, echoed: str) -> None:
    """Only other characters are looked at."""
    assert damage(sent, echoed) is None


def test_a_question_is_no_damage() -> None:
    """A rewritten prompt may ask as loudly as it likes."""
    assert damage(SENT, "A cat ???? in a rocket, really???") is None
