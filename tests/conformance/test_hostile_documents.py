"""Whatever a stream says: no part that reads it spends more time, memory or words than it should."""

import gzip

import pytest
from PIL import Image

from conformance.core import (
    Chunk,
    StreamBounds,
    StreamMeter,
    StreamTooLargeError,
)
from conformance.samples import (
    good_events,
    picture,
    picture_url,
    stream,
)
from conformance.stream.content_coding import decode_content
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding, first_few
from conformance.stream.location import event_at
from conformance.stream.payload import Json, walk
from conformance.stream.picture import find_pictures
from conformance.stream.pixels import DecodingBudget
from tests.conformance.encoded_picture import encoded

NAMES = frozenset({"image", "images"})


@pytest.mark.parametrize(
    ("pieces", "bounds", "said"),
    [
        ([b"x" * 11], {"body_bytes": 10}, "the body is larger than 10 bytes"),
        ([b"x" * 5, b"x" * 6], {"body_bytes": 10}, "the body is larger than 10 bytes"),
        ([b"data: 1234", b"567890\n\n"], {"event_bytes": 10}, "an event is larger than 10 bytes"),
        ([b"data\n\n" * 4], {"events": 3}, "there are more than 3 events"),
        ([b":\n", b"\r", b"\n\n"], {"lines": 3}, "the body has more than 3 lines"),
        ([b"x"] * 4, {"pieces": 3}, "the body came in more than 3 pieces"),
        ([b"data: [[1,2],{}]"], {"json_marks": 3}, "the body may hold more than 3 JSON values"),
    ],
)
def test_the_bound_that_is_exceeded_is_named(pieces: list[bytes], bounds: dict[str, int], said: str) -> None:
    """One more than the bound is refused, and the text says of what."""
    meter = StreamMeter(StreamBounds(**bounds))
    for piece in pieces[:-1]:
        meter.read(piece)
    with pytest.raises(StreamTooLargeError) as caught:
        meter.read(pieces[-1])
    assert str(caught.value) == said


def test_what_is_within_the_bounds_is_read() -> None:
    """As much as the bounds say is let through, with its events."""
    body = b"data: [1,2]\n\ndata: x\n\n"
    bounds = StreamBounds(body_bytes=len(body), event_bytes=11, events=2, lines=4, pieces=1, json_marks=2)
    assert [item.data for item in StreamMeter(bounds).read(body)] == ["[1,2]", "x"]


def test_a_decoded_body_is_bounded_as_one_on_the_wire_is() -> None:
    """Lines that a content coding hid are counted once it is removed."""
    body = gzip.compress(b":\n" * (StreamBounds().lines + 1))
    decoded = decode_content((Chunk(at_ns=0, data=body),), ("gzip",))
    assert decoded == type(decoded)(chunks=(), error="once decoded, the body has more than 250000 lines")


def test_content_codings_without_end_are_not_undone() -> None:
    """A header can name any number of them, each a pass over the body."""
    decoded = decode_content((Chunk(at_ns=0, data=b"x"),), ("gzip",) * 1000)
    assert decoded.error == "there are 1000 content codings, one upon the other"


def test_paths_take_no_more_room_than_the_document() -> None:
    """The beginning of a very long path is left out; its last name is kept."""
    document: Json = {"image": 1}
    for _ in range(50):
        document = {"k" * 1000: document}
    path, value = [*walk(document)][-1]
    assert (path[:3], path[-6:], len(path) < 600, value) == ("...", ".image", True, 1)


def test_a_document_is_walked_in_order() -> None:
    """Parents come before children, and these in document order, however it nests."""
    document: Json = {"a": [1, {"b": [2]}, []], "c": {}, "d": 3}
    paths = [path for path, _ in walk(document)]
    assert paths == ["", "a", "a[0]", "a[1]", "a[1].b", "a[1].b[0]", "a[2]", "c", "d"]


def test_messages_are_short() -> None:
    """A name of a megabyte does not become a message of a megabyte."""
    evidence = Evidence(stream(*good_events()))
    assert len(evidence.finding("a" * 5_000_000).message) < 1100


def test_faults_beyond_a_hundred_are_not_looked_for() -> None:
    """The last finding shown says that there were more; the rest is never built."""
    built: list[int] = []

    def faults() -> list[Finding]:
        return [Finding(message="", probe="")]

    def endless() -> object:
        while True:
            built.append(1)
            yield from faults()

    shown = [*first_few(endless())]  # type: ignore[arg-type]
    assert (len(shown), shown[-1].message, len(built)) == (3, " (and more than 97 more)", 101)


def test_an_offset_finds_its_event() -> None:
    """Every byte of an event's block is that event's; comment blocks and what follows the end are nobody's."""
    evidence = Evidence(stream(b": a\n\n", b"data: 1\n\n", b"\n", b"data: 2\n\n"))
    found = [event_at(evidence, offset) for offset in range(-1, len(evidence.body) + 1)]
    assert [item.index if item else None for item in found] == [None] * 6 + [0] * 9 + [None] + [1] * 9 + [None]


def test_pictures_beyond_the_budget_are_not_decoded() -> None:
    """They count as pictures whose pixels are not at hand, which is no fault."""
    budget = DecodingBudget(pictures=2)
    payload: Json = {"images": [picture(), picture(), picture()]}
    found = find_pictures(payload, NAMES, budget)
    assert [item.decoded is not None for item in found] == [True, True, False]
    assert [item.decode_fault for item in found] == [None, None, None]


def test_pixels_beyond_the_budget_are_not_decoded() -> None:
    """A second picture that would take more pixels than are left is left alone."""
    found = find_pictures({"images": [picture(), picture()]}, NAMES, DecodingBudget(pixels=32 * 32 + 1))
    assert [item.decoded is not None for item in found] == [True, False]


def test_a_jpeg_of_many_scans_spends_more_of_the_budget() -> None:
    """Each scan passes over every pixel, so a thousand of them are not as cheap as one."""
    whole = encoded(Image.new("L", (64, 64), 128), "JPEG", progressive=True)
    scan = whole[whole.rindex(b"\xff\xda") : -2]
    found = find_pictures(
        {"image": picture(whole[:-2] + scan * 1000 + whole[-2:])}, NAMES, DecodingBudget(pixels=64 * 64 * 10)
    )
    assert [item.decoded for item in found] == [None]


def test_postscript_is_never_run() -> None:
    """EPS would be handed to Ghostscript by Pillow; browsers do not show it, and nothing here opens it."""
    script = encoded(Image.new("RGB", (4, 4)), "EPS")
    url = picture_url(script, "image/png")
    (found,) = find_pictures({"image": picture(url=url, content_type="image/png")}, NAMES)
    assert found.decoded is not None
    assert found.decoded.media_type == ""
    assert found.decode_fault is not None


@pytest.mark.parametrize("text", ["a.png", "/files/x.png", "../x", "x.webp?v=1", "https://x"])
def test_a_bare_address_still_counts_as_a_picture(text: str) -> None:
    """What looks like a path or an address under a picture's name means to be one."""
    assert len(find_pictures({"image": text}, NAMES)) == 1
