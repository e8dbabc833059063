"""E05: where a key is needed, its absence is refused."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Ending
from conformance.samples import answer, event, good_events, preview, stream
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding


@rule(
    id="E05",
    name="missing-key-not-refused",
    requirement="The same request without its credentials is refused with 401 or 403.",
    level=Level.SHOULD,
    basis=Basis.OPERATIONS,
    reference="https://www.rfc-editor.org/rfc/rfc9110#section-15.5.2",
    rationale="Whoever gives credentials says that the endpoint needs them; without any (a local server) this is not "
    "asked. 404 hides that the endpoint exists, which RFC 9110 permits. The credentials may be there for something "
    "else on the way: a warning. Where the request is refused with its credentials too, H01 says it all.",
    consequence="Anyone who finds the URL generates pictures at the owner's cost; with another status, users of "
    "fal-js do not learn that their key is missing.",
    fix='Check the key before anything else and raise HTTPException(401, detail="...").',
    requires=("H01",),
    passes=lambda: (
        sample("401", answer("no_credentials", 401, {"detail": "no key"})),
        sample("403", answer("no_credentials", 403, {"detail": "no key"})),
        sample("404, which hides the endpoint", answer("no_credentials", 404, {"detail": "Not Found"})),
        sample("no credentials are in use", stream(*good_events())),
        sample("429, which is about load", answer("no_credentials", 429, {"detail": "slow down"})),
    ),
    fails=lambda: (
        sample(
            "a stream all the same",
            stream(event(preview()), probe="no_credentials", ending=Ending.ABANDONED),
        ),
        sample("422, as for any missing header", answer("no_credentials", 422, {"detail": "authorization missing"})),
        sample("500", answer("no_credentials", 500, {"detail": "KeyError"})),
        sample("a page to sign in", answer("no_credentials", 302, b"", headers=(("location", "/login"),))),
    ),
)
def check(no_credentials: Evidence) -> Iterator[Finding]:
    """Compare the status."""
    status = no_credentials.response.status
    if status == 429:
        raise NotApplicable("the status is 429, which says nothing of credentials")
    if status not in (401, 403, 404):
        yield no_credentials.finding(
            f"the status is {status} without credentials, expected 401 or 403",
            offset=0 if no_credentials.body else None,
        )
