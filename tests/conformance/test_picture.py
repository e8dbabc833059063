"""Pictures are found where apps put them, and their bytes are believed more than their labels."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from conformance.samples import picture, picture_bytes, picture_url
from conformance.stream.conventions import Conventions
from conformance.stream.payload import Json
from conformance.stream.picture import Picture, find_pictures, parse_data_uri

NAMES = Conventions().picture_names


def only(payload: Json) -> Picture:
    (found,) = find_pictures(payload, NAMES)
    return found


@pytest.mark.parametrize(
    ("payload", "paths"),
    [
        ({"image": picture()}, ["image"]),
        ({"images": [picture(), picture()]}, ["images[0]", "images[1]"]),
        ({"data": {"deep": [picture()]}}, ["data.deep[0]"]),
        ({"image": "https://x/y.png"}, ["image"]),
        ({"images": ["https://x/y.png"]}, ["images[0]"]),
        ({"image": None}, []),
        ({"link": {"url": "https://x"}}, []),
        ({"logs": [{"url": "https://x"}], "image_count": 3}, []),
        ({"prompt": "image", "seed": 1}, []),
        ([], []),
    ],
)
def test_pictures_are_found_by_shape_or_by_name(payload: Json, paths: list[str]) -> None:
    """Objects with url and content_type anywhere; incomplete ones and bare strings under a picture's name."""
    assert [found.path for found in find_pictures(payload, NAMES)] == paths


def test_a_sound_picture_has_no_fault() -> None:
    """A data URI whose bytes are what it says."""
    found = only({"image": picture()})
    faults = (found.shape_fault, found.url_fault, found.type_fault, found.decode_fault)
    assert faults == (None, None, None, None)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "GIF"])
def test_the_bytes_tell_the_format(image_format: str) -> None:
    """Formats that endpoints send are recognised by their own bytes."""
    data = picture_bytes(image_format=image_format)
    media_type = f"image/{image_format.lower()}"
    found = only({"image": picture(url=picture_url(data, media_type), content_type=media_type)})
    assert found.type_fault is None


def test_a_label_that_lies_is_a_fault() -> None:
    """image/png around JPEG bytes."""
    found = only({"image": picture(url=picture_url(picture_bytes(), "image/png"), content_type="image/png")})
    assert found.type_fault == "image.content_type is 'image/png' but its bytes are 'image/jpeg'"


@given(st.integers(1, 600))
def test_a_cut_picture_does_not_decode(missing: int) -> None:
    """However much is missing from the end, tolerance hides nothing."""
    data = picture_bytes(width=64, height=64, noise=0.5)
    found = only({"image": picture(url=picture_url(data[: -min(missing + 2, len(data) - 20)]))})
    assert found.decode_fault is not None


def test_a_picture_of_too_many_pixels_is_refused() -> None:
    """A small file can claim more memory than there is; its size is read before its pixels."""
    file = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(file, "PNG")
    found = only({"image": picture(url=picture_url(file.getvalue(), "image/png"), content_type="image/png")})
    assert found.decode_fault is not None


@given(st.text())
def test_any_text_can_be_asked_for_a_data_uri(text: str) -> None:
    """No text raises, and nothing but data: gives one."""
    assert (parse_data_uri(text) is not None) == (text[:5].lower() == "data:")


@given(st.binary(max_size=200))
def test_any_bytes_can_be_asked_for_a_picture(data: bytes) -> None:
    """Hostile bytes give a fault, never an exception."""
    assert isinstance(only({"image": picture(url=picture_url(data))}).decode_fault, str)


@pytest.mark.parametrize(
    "url", ["/relative.png", "file:///etc/passwd", "iVBORw0KGgo=", "https:/x", "http://[", "data:image/png;base64"]
)
def test_urls_that_cannot_be_opened_are_faults(url: str) -> None:
    """Neither absolute http(s) nor a sound data URI."""
    assert only({"image": picture(url=url)}).url_fault is not None


@pytest.mark.parametrize("url", ["https://v3.fal.media/files/x.png", "http://127.0.0.1:8000/x"])
def test_absolute_urls_are_no_fault(url: str) -> None:
    """Https is not demanded."""
    assert only({"image": picture(url=url)}).url_fault is None


def test_distance_tells_near_from_far() -> None:
    """A preview nearer the end is nearer the final."""
    early, late, done = (only({"image": picture(picture_bytes(p))}).decoded for p in (0.1, 0.8, 1.0))
    assert early is not None
    assert late is not None
    assert done is not None
    assert early.distance(done) > late.distance(done) > done.distance(done) == 0.0
