"""I03: a preview's content_type says what its bytes are."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Transcript
from conformance.samples import event, final, good_events, picture, picture_bytes, picture_url, preview, stream
from conformance.signs.frames import locate, preview_pictures
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding, first_few
from conformance.stream.payload import Json
from conformance.stream.picture import Picture

_PROGRESS = (0.3, 0.6)


def _shown(*pictures: Json) -> Transcript:
    shown = (preview(step, len(pictures), image=item) for step, item in enumerate(pictures, start=1))
    return stream(*map(event, shown), event(final()))


def _typed(content_type: str, uri_type: str = "image/jpeg", image_format: str = "JPEG") -> Transcript:
    encoded = (picture_bytes(progress, image_format=image_format) for progress in _PROGRESS)
    return _shown(*(picture(content_type=content_type, url=picture_url(data, uri_type)) for data in encoded))


@rule(
    id="I03",
    name="mismatched-content-type",
    requirement="The content_type of each preview is an image type, that of its data URI and that of its bytes.",
    level=Level.MUST,
    basis=Basis.FAL,
    reference="https://fal.ai/docs/documentation/development/handle-inputs-and-outputs",
    rationale="fal chooses how to show a result by its content_type, and readers save the bytes under the name that "
    "it gives. Parameters and case do not matter. `image/jpg` is not registered, but every reader knows it: a note. "
    "Of pictures behind http(s) URLs, whose bytes are I08's, only an image type is asked for.",
    consequence="fal's Playground shows no picture, or a saved file gets the wrong extension and will not open.",
    fix="Set the content_type and the data URI's type from the format given to image.save(); PIL's "
    "Image.MIME[format] knows it.",
    requires=("I02",),
    passes=lambda: (
        sample("JPEG that says so", stream(*good_events())),
        sample("PNG that says so", _typed("image/png", "image/png", "PNG")),
        sample("WebP that says so", _typed("image/webp", "image/webp", "WEBP")),
        sample("image/jpg, which is noted", _typed("image/jpg", "image/jpg")),
        sample("capitals and a parameter", _typed("Image/JPEG; quality=60", "image/jpeg")),
        sample(
            "pictures behind URLs",
            _shown(*(picture(url=f"https://cdn.example.com/{s}.png", content_type="image/png") for s in (1, 2))),
        ),
    ),
    fails=lambda: (
        sample("image/png around JPEG bytes", _typed("image/png", "image/png")),
        sample("a content_type other than the data URI's", _typed("image/png", "image/jpeg")),
        sample("a data URI that says PNG around JPEG bytes", _typed("image/jpeg", "image/png")),
        sample("not an image type", _typed("application/octet-stream", "application/octet-stream")),
        sample("a data URI without a type", _typed("image/jpeg", "")),
        sample(
            "a page's type for a picture behind a URL",
            _shown(*(picture(url=f"https://cdn.example.com/{s}", content_type="text/html") for s in (1, 2))),
        ),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Ask each picture outside the final event where its types disagree; remark on the unregistered alias."""
    pictures = preview_pictures(generation)
    faults = tuple(_finding(generation, *found, fault) for found in pictures if (fault := found[1].type_fault))
    yield from first_few(faults)
    if not faults and all(item.data_uri is None for _, item in pictures):
        raise NotApplicable(f"fewer than 1 inline picture: 0 (behind http(s) URLs: {len(pictures)})")
    aliased = [found for found in pictures if "image/jpg" in _types(found[1])]
    if aliased and not faults:
        said = f"{aliased[0][1].path} says 'image/jpg', the registered type is 'image/jpeg'"
        yield _finding(generation, *aliased[0], said, is_note=True)


def _types(item: Picture) -> tuple[str, str]:
    said = (item.content_type or "").partition(";")[0].strip().lower()
    return said, item.data_uri.media_type if item.data_uri else ""


def _finding(generation: Evidence, event: Event, item: Picture, message: str, is_note: bool = False) -> Finding:
    offset = locate(generation, event, f'"{item.content_type}"', f'"{item.name}"')
    return generation.finding(message, event=event, offset=offset, is_note=is_note)
