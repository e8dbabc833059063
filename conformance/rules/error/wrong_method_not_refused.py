"""E06: GET on the stream route is refused with the methods that are allowed."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Ending
from conformance.samples import answer, event, preview, stream
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding


@rule(
    id="E06",
    name="wrong-method-not-refused",
    requirement="GET is refused with 405 and an Allow header.",
    level=Level.SHOULD,
    basis=Basis.STANDARD,
    reference="https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6",
    rationale="405 with Allow tells at once what is wrong; any other refusal sends the caller looking elsewhere. "
    "Neither official client sends GET unless it is told to: a warning. A 2xx or 3xx is an answer on purpose, and an "
    "Allow without POST is often a router's partial view: notes.",
    consequence="Who opens the URL in a browser or forgets `-X POST` reads of a missing page or a broken server.",
    fix='Declare the route for POST (@fal.endpoint("/stream") does) and let the framework answer other methods.',
    requires=("H01",),
    passes=lambda: (
        sample("405 with Allow", answer("wrong_method", 405, {"detail": "no"}, headers=(("Allow", "POST"),))),
        sample(
            "Allow lists several in lower case",
            answer("wrong_method", 405, b"", headers=(("allow", "options, post"),)),
        ),
        sample("a router's partial Allow", answer("wrong_method", 405, b"", headers=(("allow", "PUT"),))),
        sample(
            "a stream over GET on purpose",
            stream(event(preview()), probe="wrong_method", ending=Ending.ABANDONED),
        ),
        sample("a page for people", answer("wrong_method", 200, b"<h1>POST here</h1>", content_type="text/html")),
        sample("429, which is about load", answer("wrong_method", 429, b"")),
    ),
    fails=lambda: (
        sample("500", answer("wrong_method", 500, {"detail": "Internal Server Error"})),
        sample("405 without Allow", answer("wrong_method", 405, {"detail": "Method Not Allowed"})),
        sample("404", answer("wrong_method", 404, {"detail": "Not Found"})),
        sample("422 for the missing body", answer("wrong_method", 422, {"detail": "body missing"})),
    ),
)
def check(wrong_method: Evidence) -> Iterator[Finding]:
    """Compare the status, then look for Allow."""
    status, allowed = wrong_method.response.status, wrong_method.header_members("allow")
    if status == 429:
        raise NotApplicable("the status is 429, which says nothing of the method")
    if status < 400:
        yield wrong_method.finding(f"GET is answered with {status}; fine if that is meant", is_note=True)
    elif status != 405:
        yield wrong_method.finding(f"GET is answered with {status}, expected 405 with Allow")
    elif not allowed:
        yield wrong_method.finding("the 405 has no Allow, expected 'Allow: POST'")
    elif "post" not in allowed:
        yield wrong_method.finding(f"Allow is {wrong_method.response.value('allow')!r}, without POST", is_note=True)
