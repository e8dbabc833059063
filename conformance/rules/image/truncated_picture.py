"""I04: a preview's picture decodes completely."""

from collections.abc import Iterator
from functools import cache

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Transcript
from conformance.samples import event, final, good_events, picture, picture_bytes, picture_url, preview, stream
from conformance.signs.frames import locate, preview_pictures
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding, first_few


@cache
def _jpeg() -> bytes:
    return picture_bytes(0.5)


@cache
def _png() -> bytes:
    return picture_bytes(0.5, image_format="PNG")


@cache
def _large() -> bytes:
    return picture_bytes(0.5, width=224, height=224, noise=0.7, quality=95)


_MOST_BASE64 = 65_536


def _shown(data: bytes, content_type: str = "image/jpeg") -> Transcript:
    cut = picture(url=picture_url(data, content_type), content_type=content_type, width=None, height=None)
    return stream(*(event(preview(step, 2, image=cut)) for step in (1, 2)), event(final()))


@rule(
    id="I04",
    name="truncated-picture",
    requirement="The picture of each preview decodes completely.",
    level=Level.MUST,
    basis=Basis.OPERATIONS,
    reference="https://www.w3.org/TR/png-3/#13Decoders.Errors",
    rationale="A picture whose last bytes are missing was cut on its way, by a buffer of fixed size or a file that "
    "was read too early. Tolerant decoders paint what there is and hide it, so tolerance is off. Pictures behind "
    "http(s) URLs are I08's, and types that cannot be read here, such as SVG, are not judged.",
    consequence="Browsers show half a preview with a grey rest, or a broken picture; PIL raises OSError.",
    fix="Close the BytesIO or flush the file before its bytes are encoded, and do not cap the length of the base64.",
    requires=("I02",),
    passes=lambda: (
        sample("whole JPEG pictures", stream(*good_events())),
        sample("whole PNG pictures", _shown(_png(), "image/png")),
        sample("stray bytes after the picture", _shown(_jpeg() + b"\n")),
        sample("a type that is not read here", _shown(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml")),
    ),
    fails=lambda: (
        sample("base64 cut at 64 KiB", _shown(_large()[: _MOST_BASE64 // 4 * 3])),
        sample("a JPEG without its end", _shown(_jpeg()[: len(_jpeg()) // 2])),
        sample("a PNG without its end", _shown(_png()[:-30], "image/png")),
        sample("bytes that are no picture", _shown(b"<html>no such file</html>")),
        sample("no bytes at all", _shown(b"")),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Decode each inline picture outside the final event, strictly."""
    inline = [found for found in preview_pictures(generation) if found[1].decoded is not None]
    if not inline:
        raise NotApplicable("fewer than 1 inline picture: 0")
    yield from first_few(
        generation.finding(
            f"{fault}, expected a whole picture", event=event, offset=locate(generation, event, item.url, '"url"')
        )
        for event, item in inline
        if (fault := item.decode_fault) is not None
    )
