"""Clocks, buckets, previews and likeness: the pure parts of reading."""

import base64
import io
import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from conformance.core import EncodedEvent
from load.streaming.pictures.latest_previews import LatestPreviews, data_uri_of
from load.streaming.pictures.picture_similarity import PictureError, similarities
from load.streaming.reading.kernel_clock import KernelClock
from load.streaming.users.response_time_buckets import rounded_ms

SECOND = 1_000_000_000


def clock_at(offset_ns: int) -> KernelClock:
    clock = KernelClock()
    clock.received_ns(offset_ns, wall_ns=offset_ns, at_ns=0)
    return clock


@given(st.integers(-(10**18), 10**18), st.integers(0, SECOND))
def test_a_packet_is_as_old_on_one_clock_as_on_the_other(offset_ns, age_ns):
    """Whatever the wall clock shows, the monotonic instant is the read's less the packet's age."""
    at_ns = 100 * SECOND
    wall_ns = at_ns + offset_ns
    assert clock_at(offset_ns).received_ns(wall_ns - age_ns, wall_ns=wall_ns, at_ns=at_ns) == at_ns - age_ns


@given(st.integers(2_000_000, 10**15), st.booleans())
def test_a_stepped_clock_gives_no_stamp(step_ns, is_forward):
    """A read after the wall clock was set has no stamp; the one after that has."""
    clock = clock_at(0)
    moved_ns = step_ns if is_forward else -step_ns
    assert clock.received_ns(SECOND, wall_ns=SECOND + moved_ns, at_ns=SECOND) is None
    wall_ns = 2 * SECOND + moved_ns
    assert clock.received_ns(wall_ns - 5, wall_ns=wall_ns, at_ns=2 * SECOND) == 2 * SECOND - 5


def test_a_stamp_from_the_future_is_none():
    """A packet cannot have come after it was read."""
    assert clock_at(0).received_ns(SECOND + 1, wall_ns=SECOND, at_ns=SECOND) is None


@pytest.mark.parametrize(
    ("exact_ms", "rounded"),
    [(0, 0), (0.04, 0.0), (0.26, 0.3), (9.96, 10.0), (12.34, 12.3), (123.4, 123), (1234, 1230), (12_449, 12_400)],
)
def test_locust_keeps_three_digits(exact_ms, rounded):
    """Where Locust would show 12.0 s for 12.4 s, three digits are kept, down to a tenth of a millisecond."""
    assert rounded_ms(exact_ms) == rounded


def test_locust_rounds_as_we_do():
    """Whoever imports the stream user, a worker or a master, has Locust keep three digits."""
    # In a process of its own: Locust replaces parts of the standard library when it is imported.
    script = "import load.streaming.users.stream_user, locust.stats; print(locust.stats.bucket_response_time(12449.0))"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said == "12400\n"


@given(st.floats(0.5, 1e7))
def test_rounding_is_off_by_half_a_percent_at_most(exact_ms):
    """Three significant digits are within 0.5 %, and a tenth of a millisecond is within half of that."""
    assert abs(rounded_ms(exact_ms) - exact_ms) <= max(0.005 * exact_ms, 0.05) * 1.0001


def picture(kind: str = "JPEG", *, shade: int = 128, noise: int = 0) -> str:
    image = Image.linear_gradient("L").resize((96, 64)).point(lambda value: (value + shade) % 256 if shade else value)
    if noise:
        image = Image.effect_noise((96, 64), noise)
    encoded = io.BytesIO()
    image.save(encoded, kind)
    return base64.b64encode(encoded.getvalue()).decode()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_is_like_itself_and_unlike_noise(kind):
    """Likeness is 1 for the final, high for the same picture in another format, and low for noise."""
    noise, same, final = similarities([picture(kind, noise=80), picture("PNG"), picture(kind)])
    assert noise < 0.3 < 0.9 < same
    assert final == pytest.approx(1.0)


@given(st.binary(max_size=200))
def test_what_does_not_decode_is_told(data):
    """Bytes that are no picture raise one error, whatever they are."""
    with pytest.raises(PictureError, match="picture 1 of 1 does not decode"):
        similarities([base64.b64encode(data).decode()])


def test_a_bomb_is_not_decoded():
    """A picture of more pixels than anyone draws is refused by its header."""
    encoded = io.BytesIO()
    Image.new("1", (9_000, 9_000)).save(encoded, "PNG")
    with pytest.raises(PictureError, match="9000 x 9000 pixels"):
        similarities([base64.b64encode(encoded.getvalue()).decode()])


@pytest.mark.parametrize("written", ["data:image/jpeg;base64,/9j/AA==", "data:image\\/jpeg;base64,\\/9j\\/AA=="])
def test_a_data_uri_is_found_however_its_slashes_are_written(written):
    """JSON may escape a slash."""
    if "\\" in written:
        # A media type with an escaped slash is rare enough to be left out of the live page.
        assert data_uri_of(f'{{"url": "{written}"}}') is None
    else:
        assert data_uri_of(f'{{"url": "{written}"}}') == ("image/jpeg", "/9j/AA==")


def test_previews_are_kept_one_a_second_and_not_too_large():
    """The live page gets the newest twelve at most, a second apart, and none that is larger than 256 kB."""
    previews = LatestPreviews()

    def event(size: int) -> EncodedEvent:
        data = json.dumps({"url": "data:image/png;base64," + base64.b64encode(b"\0" * size).decode()}).encode()
        return EncodedEvent("message", data, 0, len(data))

    for tenth in range(200):
        previews.offer(tenth * SECOND // 10, "a", event(10))
    assert [preview.at_ns for preview in previews.images] == [second * SECOND for second in range(8, 20)]
    previews.offer(100 * SECOND, "a", event(300_000))
    assert previews.images[-1].at_ns == 19 * SECOND
