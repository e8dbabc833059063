"""Family I: what means to be a picture is recognised, and honest previews never fall short."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.catalogue import Verdict, load_catalogue
from conformance.core import Ending, Transcript
from conformance.judging.evaluation import judge_rule
from conformance.profiles.profile import Profile
from conformance.samples import event, final, picture, picture_bytes, picture_url, preview, stream
from conformance.stream.conventions import Conventions
from conformance.stream.payload import Json
from conformance.stream.picture import find_pictures

RULES = load_catalogue().rules
PROFILE = Profile(name="image")
URL = picture_url(picture_bytes())


def verdict(id_: str, transcript: Transcript) -> Verdict:
    return judge_rule(RULES[id_], [transcript], PROFILE).verdict


def shown(frames: list[bytes], last: bytes) -> Transcript:
    previews = (preview(step, len(frames), image=picture(data)) for step, data in enumerate(frames, start=1))
    return stream(*map(event, previews), event(final(images=[picture(last)])))


@pytest.mark.parametrize(
    ("payload", "paths"),
    [
        ({"image": {"b64": URL.partition(",")[2]}}, ["image"]),
        ({"image": {"b64": "AAAA"}}, ["image"]),
        ({"image": {"content": URL.partition(",")[2]}}, ["image"]),
        ({"image": {"url": None, "content_type": "image/png"}}, ["image"]),
        ({"images": [[picture()], ["data:image/png;base64,AA=="]]}, ["images[0][0]", "images[1][0]"]),
        ({"preview": "/outputs/preview.png"}, ["preview"]),
        ({"preview": "preview.webp"}, ["preview"]),
        ({"frame": {"url": "data:image/png;base64,AA==", "content_type": "application/x"}}, ["frame"]),
        ({"preview": {"image": picture(), "status_url": "https://x/status"}}, ["preview.image"]),
        ({"images": [picture(thumbnail=picture())]}, ["images[0]", "images[0].thumbnail"]),
    ],
)
def test_what_means_to_be_a_picture_is_one(payload: Json, paths: list[str]) -> None:
    """Broken objects and bare strings count under a picture's name, wrappers and members do not."""
    assert [found.path for found in find_pictures(payload, Conventions().picture_names)] == paths


@pytest.mark.parametrize(
    "payload",
    [
        {"image": "1024x1024"},
        {"image": "landscape_4_3"},
        {"image": {"width": 1024, "height": 768}},
        {"image": {}},
        {"image": {"url": None, "content_type": None}},
        {"image": ""},
        {"images": 4},
        {"images": []},
        {"preview": False},
        {"preview": "step 3/20"},
        {"preview": "Denoising, please wait."},
        {"preview": {"step": 3, "sha256": "0" * 64}},
        {"audio": {"url": "https://x/a.wav", "content_type": "audio/wav"}},
    ],
)
def test_sizes_words_and_sounds_are_no_pictures(payload: Json) -> None:
    """Nothing there could be shown, and nothing claims that it could."""
    assert find_pictures(payload, Conventions().picture_names) == ()


@settings(max_examples=40)
@given(st.lists(st.integers(0, 20), min_size=1, max_size=12), st.integers(0, 60), st.sampled_from([0.0, 0.1, 0.2]))
def test_previews_that_come_out_of_the_grey_are_fine(steps: list[int], hue: int, grain: float) -> None:
    """However unevenly, with some grain, and in a tint of their own."""
    frames = [picture_bytes(step / 20, hue=hue, noise=grain, quality=60) for step in sorted(steps)]
    transcript = shown(frames, picture_bytes(quality=95))
    differ = len(set(frames)) > 1
    judged = [verdict(id_, transcript) for id_ in ("I06", "I07", "I10", "I11")]
    assert Verdict.FAILED not in (judged if differ else judged[1:])


@settings(max_examples=40)
@given(st.integers(40, 400), st.integers(40, 400), st.floats(0.1, 1.0), st.sampled_from([0, 1]))
def test_scaling_down_keeps_the_ratio(width: int, height: int, scale: float, up: int) -> None:
    """Whichever way each side is rounded."""
    small = picture_bytes(0.5, width=int(width * scale) + up, height=int(height * scale) + 1 - up)
    assert verdict("I10", shown([small], picture_bytes(width=width, height=height))) is Verdict.PASSED


@settings(max_examples=40)
@given(st.lists(st.integers(0, 3), min_size=2, max_size=10))
def test_a_url_that_comes_back_is_reused(numbers: list[int]) -> None:
    """Repeats in a row are one announcement, unless nothing else is ever shown."""
    images = (picture(url=f"https://cdn.example.com/{number}.jpg") for number in numbers)
    transcript = stream(*(event(preview(1, 1, image=image)) for image in images), event(final()))
    runs = [numbers[0], *(late for early, late in pairwise(numbers) if late != early)]
    is_reused = len(set(runs)) < len(runs) or (len(runs) == 1 and len(numbers) >= 3)
    assert (verdict("I09", transcript) is Verdict.FAILED) == is_reused


def test_a_stream_that_was_cut_has_no_final_to_compare_with() -> None:
    """Its last picture is a preview like the others."""
    pieces = [event(preview(step, image=picture(picture_bytes(step / 4, width=32 * step)))) for step in (3, 2, 1)]
    cut = stream(*pieces, ending=Ending.TRUNCATED)
    assert [verdict(id_, cut) for id_ in ("I06", "I07", "I10", "I11")] == [Verdict.NOT_APPLICABLE] * 4


def test_the_last_preview_of_a_cut_stream_is_judged() -> None:
    """Nobody else would: it is not the final."""
    cut = stream(event(preview(1)), event(preview(2, image=picture(url="/2.jpg"))), ending=Ending.TRUNCATED)
    assert verdict("I02", cut) is Verdict.FAILED
