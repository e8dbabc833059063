"""I02: a preview's url can be opened from anywhere."""

from collections.abc import Iterator
from functools import cache

from conformance.catalogue import Basis, Level, rule, sample
from conformance.core import Transcript
from conformance.samples import event, final, good_events, picture, picture_bytes, picture_url, preview, stream
from conformance.signs.frames import locate, preview_pictures
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding, first_few
from conformance.stream.payload import Json


@cache
def _url() -> str:
    return picture_url(picture_bytes(0.5))


@cache
def _base64() -> str:
    return _url().partition(",")[2]


def _shown_at(*urls: str, **members: Json) -> Transcript:
    shown = (preview(step, len(urls), image=picture(url=url), **members) for step, url in enumerate(urls, start=1))
    return stream(*map(event, shown), event(final()))


@rule(
    id="I02",
    name="unusable-url",
    requirement="The url of each preview is an absolute http or https URL, or a data URI that can be read.",
    level=Level.MUST,
    basis=Basis.FAL,
    reference="https://fal.ai/docs/documentation/development/handle-inputs-and-outputs",
    rationale="A reader of the stream knows neither the endpoint's address nor its disk. fal accepts http, https "
    "and data URLs and no others. https is not demanded, since local servers have none. Line breaks inside the "
    "base64 are let through, as browsers and Python do; any other stray or missing character is not.",
    consequence="The browser shows a broken picture in place of every preview; fal.toolkit.File refuses the url.",
    fix='Build it as f"data:image/jpeg;base64,{base64.b64encode(data).decode()}", or upload the file and send the '
    "URL that the upload returned.",
    requires=("I01",),
    passes=lambda: (
        sample("data URIs", stream(*good_events())),
        sample("http without TLS", _shown_at("http://127.0.0.1:8000/1.jpg", "http://127.0.0.1:8000/2.jpg")),
        sample("a numeric host", _shown_at("http://[::1]:8000/1.jpg", "http://[::1]:8000/2.jpg")),
        sample("the scheme in capitals", _shown_at(_url().replace("data:", "DATA:", 1))),
        sample("base64 with line breaks", _shown_at(f"{_url()[:80]}\n{_url()[80:]}")),
        sample("a prompt that holds a field name", _shown_at(_url(), prompt="data: a cat\n\nfile:///tmp/cat")),
    ),
    fails=lambda: (
        sample("a relative path", _shown_at("/files/1.jpg", "/files/2.jpg")),
        sample("a path on the server's disk", _shown_at("file:///tmp/1.jpg", "file:///tmp/2.jpg")),
        sample("no scheme", _shown_at("cdn.example.com/1.jpg", "//cdn.example.com/2.jpg")),
        sample("bare base64", _shown_at(_base64())),
        sample("base64 cut where its padding is lost", _shown_at(_url()[:-5])),
        sample("a data URI without a comma", _shown_at(_url().replace(",", ""))),
        sample("an empty url", _shown_at("", "")),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Ask each picture outside the final event what is wrong with its url."""
    yield from first_few(
        generation.finding(fault, event=event, offset=locate(generation, event, item.url, '"url"'))
        for event, item in preview_pictures(generation)
        if (fault := item.url_fault) is not None
    )
