"""The filmstrip: every picture drawn anew and small, and words where one cannot be."""

import base64
import io

import pytest
from PIL import Image

from conformance.judging.evaluation import evaluate
from conformance.profiles.profile_file import load_profile
from conformance.reports.html.exchange import exchanges
from conformance.reports.html.filmstrip import Filmstrip, drawing_budget, filmstrip
from conformance.samples import event, final, good_events, picture, picture_bytes, preview, stream
from conformance.stream.pixels import DecodingBudget, shrunken


def strip(*pieces: bytes) -> Filmstrip:
    report = evaluate([stream(*pieces)], load_profile("fal-image"))
    return filmstrip(exchanges(report)[0], drawing_budget())


def opened(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg))


def test_frames_say_step_and_instant() -> None:
    """Each frame says which step it shows and when it came, in its caption and to who does not see it."""
    frames = strip(*good_events(2)).frames
    assert [(frame.step, frame.instant) for frame in frames] == [
        ("step 1 of 2", "at 500 ms"),
        ("step 2 of 2", "at 1000 ms"),
        ("", "at 1500 ms"),
    ]
    assert frames[0].alt == "preview of event 0, step 1 of 2, at 500 ms"


def test_only_the_last_frame_is_the_final() -> None:
    """The strip ends in the result."""
    assert [frame.is_final for frame in strip(*good_events(3)).frames] == [False, False, False, True]


def test_large_pictures_become_small() -> None:
    """A megapixel preview is a few kilobytes in the page, and its own size is told."""
    large = picture(picture_bytes(0.5, width=1536, height=1024, image_format="PNG"))
    shot = strip(event(preview(1, image=large)), event(final())).frames[0].shots[0]
    data = base64.b64decode(shot.uri.partition(",")[2])
    assert (opened(data).size, shot.size, len(data) < 15_000) == ((224, 149), "1536 x 1024", True)


@pytest.mark.parametrize(
    "url", ["https://example.org/a.png", "http://127.0.0.1:1/a.png", "javascript:alert(1)", "a.png"]
)
def test_picture_behind_a_url_is_named_and_not_loaded(url: str) -> None:
    """The page shows the address as words."""
    shot = strip(event(preview(1, image={"url": url, "content_type": "image/png"})), event(final())).frames[0].shots[0]
    assert (shot.uri, shot.instead) == ("", f"not loaded: {url}")


def test_broken_picture_says_why() -> None:
    """A preview that does not decode has the reason in its place."""
    torn = picture(picture_bytes(0.5)[:300])
    shot = strip(event(preview(1, image=torn)), event(final())).frames[0].shots[0]
    assert (shot.uri, shot.instead[:22]) == ("", "image does not decode:")


def test_more_frames_than_a_page_holds_are_counted() -> None:
    """Of a thousand previews four hundred events are shown, the first and the final among them."""
    shown = strip(*good_events(999))
    assert (len(shown.frames), shown.left_out, shown.frames[0].event_index, shown.frames[-1].event_index) == (
        400,
        600,
        0,
        999,
    )


def test_budget_is_kept_for_the_final() -> None:
    """Where not all can be drawn, the result is."""
    report = evaluate([stream(*good_events(5))], load_profile("fal-image"))
    frames = filmstrip(exchanges(report)[0], DecodingBudget(pictures=2)).frames
    assert [bool(frame.shots[0].uri) for frame in frames] == [True, False, False, False, False, True]


def test_transparent_pictures_are_drawn_on_white() -> None:
    """What is transparent shows as the page of a browser would."""
    clear = io.BytesIO()
    Image.new("RGBA", (40, 20), (255, 0, 0, 0)).save(clear, "PNG")
    drawn = shrunken(clear.getvalue(), DecodingBudget(), longest_side=20)
    assert drawn is not None
    assert (opened(drawn.jpeg).size, opened(drawn.jpeg).getpixel((5, 5))) == ((20, 10), (255, 255, 255))


def test_turned_pictures_are_drawn_as_a_viewer_shows_them() -> None:
    """A quarter turn that EXIF asks for is made."""
    turned = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20)).save(turned, "JPEG", exif=exif)
    drawn = shrunken(turned.getvalue(), DecodingBudget(), longest_side=40)
    assert drawn is not None
    assert (opened(drawn.jpeg).size, drawn.width, drawn.height) == ((20, 40), 40, 20)


def test_nothing_of_a_picture_is_passed_on_as_it_is() -> None:
    """What stands in a picture beside its pixels (comments, EXIF, a second file behind it) is not in the page."""
    secret = b"<script>alert(1)</script>"
    noted = io.BytesIO()
    Image.new("RGB", (40, 20)).save(noted, "JPEG", comment=secret)
    drawn = shrunken(noted.getvalue() + secret, DecodingBudget(), longest_side=40)
    assert drawn is not None
    assert b"script" not in drawn.jpeg


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8\xff", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a" + bytes(40)]
)
def test_what_is_no_picture_is_not_drawn(data: bytes) -> None:
    """Bytes that Pillow cannot decode give nothing, and no error."""
    assert shrunken(data, DecodingBudget(), longest_side=40) is None


def test_claim_of_many_pixels_is_not_believed() -> None:
    """A few bytes that claim a picture of 20,000 pixels a side are not decoded."""
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    assert shrunken(bomb.getvalue(), DecodingBudget(), longest_side=40) is None


def test_spent_budget_draws_nothing() -> None:
    """Pictures past the budget cost nothing."""
    budget = DecodingBudget(pictures=0)
    assert shrunken(picture_bytes(), budget, longest_side=40) is None
