"""H04: the charset parameter is absent or says UTF-8."""

import re
from collections.abc import Iterator
from email.message import Message

from conformance.catalogue import Basis, Level, Sample, rule, sample
from conformance.samples import SSE_HEADERS, good_events, stream
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding

_OUTSIDE_ASCII = re.compile(rb"[\x80-\xff]")


def _typed(title: str, parameters: str, *pieces: bytes) -> Sample:
    headers = (("content-type", f"text/event-stream{parameters}"), *SSE_HEADERS[1:])
    return sample(title, stream(*(pieces or good_events()), headers=headers))


def _charset(content_type: str) -> str:
    message = Message()
    message["content-type"] = content_type
    # A comma ends the parameter: what follows was another Content-Type line.
    return (message.get_content_charset() or "").partition(",")[0].strip(" '\"")


@rule(
    id="H04",
    name="wrong-charset",
    requirement="The charset parameter of the media type is absent or utf-8.",
    level=Level.MUST,
    basis=Basis.STANDARD,
    reference="https://html.spec.whatwg.org/multipage/iana.html#text/event-stream",
    rationale="An event stream is always UTF-8, and the registration of the media type allows no other value. Clients "
    "differ: browsers and fal-js ignore the parameter, fal_client decodes with it. The spelling utf8 is let pass, "
    "since every client reads it right.",
    consequence="fal_client garbles every character outside ASCII without an error; fal-js shows it right.",
    fix='Return StreamingResponse(..., media_type="text/event-stream") and encode events as UTF-8.',
    requires=("H02",),
    passes=lambda: (
        _typed("no charset", ""),
        _typed("utf-8", "; charset=utf-8"),
        _typed("UTF8 without the hyphen", ";charset=UTF8"),
        _typed("quoted, in upper case", '; Charset="UTF-8"'),
        _typed("after another parameter", '; profile="a;charset=latin1"; charset=utf-8'),
        _typed("an empty value", "; charset="),
    ),
    fails=lambda: (
        _typed("iso-8859-1", "; charset=iso-8859-1"),
        _typed("iso-8859-1 over UTF-8 bytes", "; charset=iso-8859-1", b": caf\xc3\xa9\n\n", *good_events()),
        _typed("quoted windows-1252", '; charset="windows-1252"'),
        _typed("UTF-16", "; charset=utf-16"),
        _typed("a charset that does not exist", "; charset=binary"),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Read the parameter over all Content-Type lines, as fal_client does."""
    charset = _charset(generation.response.value("content-type") or "")
    if charset.replace("_", "-") in ("", "utf-8", "utf8"):
        return
    outside = _OUTSIDE_ASCII.search(generation.body)
    where = "; the first byte outside ASCII is here" if outside else ""
    yield generation.finding(
        f"charset is {charset!r}, expected 'utf-8' or none{where}", offset=outside.start() if outside else None
    )
