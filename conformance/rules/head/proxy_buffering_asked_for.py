"""H11: nginx is not asked to buffer."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.samples import SSE_HEADERS, good_events, stream
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding

_OTHERS = tuple(pair for pair in SSE_HEADERS if pair[0] != "x-accel-buffering")


@rule(
    id="H11",
    name="proxy-buffering-asked-for",
    requirement="X-Accel-Buffering, where it is seen, says no.",
    level=Level.INFO,
    basis=Basis.OPERATIONS,
    reference="https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering",
    rationale="The field tells nginx not to collect the response. nginx removes it from what it passes on, so that "
    "its absence at the client proves nothing and only another value than `no` is remarked upon.",
    consequence="An nginx in front of the endpoint collects previews into its buffers and sends them in bursts.",
    fix='Pass headers={"X-Accel-Buffering": "no"} to StreamingResponse.',
    requires=("H02",),
    passes=lambda: (
        sample("no", stream(*good_events())),
        sample("No, in another case", stream(*good_events(), headers=(*_OTHERS, ("X-Accel-Buffering", "No")))),
        sample("absent, as behind nginx", stream(*good_events(), headers=_OTHERS)),
    ),
    fails=lambda: (sample("yes", stream(*good_events(), headers=(*_OTHERS, ("x-accel-buffering", "yes")))),),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Compare the value, where there is one."""
    said = generation.response.value("x-accel-buffering")
    if said is None:
        raise NotApplicable("there is no X-Accel-Buffering, which nginx removes from what it passes on")
    if said.strip().lower() != "no":
        yield generation.finding(f"X-Accel-Buffering is {said!r}, expected 'no'")
