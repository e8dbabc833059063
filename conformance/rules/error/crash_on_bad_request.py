"""E07: a bad request is the caller's fault, not the server's."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, rule, sample
from conformance.core import Ending
from conformance.samples import answer, event, preview, stream
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding

_REFUSED = answer("malformed_json", 422, {"detail": "JSON decode error"})
_WRONG_TYPE_REFUSED = answer("invalid_input", 422, {"detail": "prompt is no string"})
_ASKED = {
    "malformed_json": "malformed JSON",
    "invalid_input": "a field of the wrong type",
    "missing_body": "a missing body",
    "huge_number": "a number of 401 digits",
}


@rule(
    id="E07",
    name="crash-on-bad-request",
    requirement="Malformed JSON, a missing body, a wrong type or a huge number is never answered with 5xx.",
    level=Level.MUST,
    basis=Basis.OPERATIONS,
    reference="https://www.rfc-editor.org/rfc/rfc9110#section-15.5",
    rationale="A 5xx says that the server failed: callers retry what can never succeed, and fal checks the runner "
    "after a 500 and ends it after a 503. Any 4xx is fine, as HTML too. Apart from the one fault the request is the "
    "valid one, which H01 proves to be accepted. A 503 with Retry-After is about load. The huge number is a seed "
    "or a guidance scale, and may well be taken. It is an integer, since to 1e400 FastAPI's own 422 becomes a 500.",
    consequence="Any caller can take a worker out of service with one bad request, and fal_client and fal-js users "
    "read of a server error instead of their own mistake.",
    fix="Declare the input as a pydantic model in the endpoint's signature, numbers with bounds (a seed: ge=0, "
    "le=2**32 - 1), instead of parsing request.json() by hand, or catch the error and raise HTTPException(422).",
    requires=("H01",),
    passes=lambda: (
        sample("422 to both", _REFUSED, _WRONG_TYPE_REFUSED),
        sample(
            "a plain framework's HTML 400",
            answer("malformed_json", 400, b"<h1>Bad Request</h1>", content_type="text/html"),
        ),
        sample("413", answer("malformed_json", 413, b"")),
        sample("415", answer("malformed_json", 415, b"")),
        sample(
            "503 with Retry-After, which is about load",
            answer("malformed_json", 503, b"", headers=(("retry-after", "5"),)),
        ),
        sample("422 to a missing body", _REFUSED, answer("missing_body", 422, {"detail": "Field required"})),
        sample(
            "a missing body where every field has a default",
            _REFUSED,
            stream(event(preview()), probe="missing_body", ending=Ending.ABANDONED),
        ),
        sample("422 to a huge number", _REFUSED, answer("huge_number", 422, {"detail": "seed is too large"})),
        sample(
            "a seed of any size",
            _REFUSED,
            stream(event(preview()), probe="huge_number", ending=Ending.ABANDONED),
        ),
        sample("malformed JSON that is let pass", stream(event(preview()), probe="malformed_json")),
    ),
    fails=lambda: (
        sample("500 to malformed JSON", answer("malformed_json", 500, {"detail": "Internal Server Error"})),
        sample("500 to a wrong type", _REFUSED, answer("invalid_input", 500, b"error", content_type="text/plain")),
        sample("500 to a missing body", _REFUSED, answer("missing_body", 500, {"detail": "Internal Server Error"})),
        sample("500 to a huge number", _REFUSED, answer("huge_number", 500, b"error", content_type="text/plain")),
        sample("502 from a proxy over a dead worker", answer("malformed_json", 502, b"<h1>Bad Gateway</h1>")),
        sample("503 without Retry-After", answer("malformed_json", 503, {"detail": "unavailable"})),
    ),
)
def check(malformed_json: Evidence, answers: tuple[Evidence, ...]) -> Iterator[Finding]:
    """Look at every status; what may not have been asked is looked up among the answers."""
    others = (item for item in answers if item.probe in _ASKED and item.probe != malformed_json.probe)
    for answered in (malformed_json, *others):
        status, asked = answered.response.status, _ASKED[answered.probe]
        overloaded = status == 503 and answered.response.value("retry-after") is not None
        if status >= 500:
            load = " (Retry-After says that it is about load)" if overloaded else ""
            yield answered.finding(
                f"the status is {status} for {asked}, expected 4xx{load}",
                offset=0 if answered.body else None,
                is_note=overloaded,
            )
        elif status < 300 and answered is malformed_json:
            yield answered.finding(f"the status is {status} for {asked}: the body was not read as JSON", is_note=True)
