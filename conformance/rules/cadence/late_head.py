"""C01: the response head comes soon."""

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core.timing import in_seconds
from conformance.samples import good_events, stream
from conformance.signs.arrivals import NS_PER_SECOND, asked_ns, of_runs
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How long the head may take.

    Attributes:
        head_limit_seconds: From the request fully sent to the response head.
    """

    head_limit_seconds: float = 10.0


@rule(
    id="C01",
    name="late-head",
    requirement="The response head comes within 10 s of the request.",
    level=Level.SHOULD,
    basis=Basis.OPERATIONS,
    reference="https://fal.ai/docs/documentation/development/streaming",
    rationale="The head needs no picture: a stream can be opened before the first step is computed. Until it comes, "
    "no client can tell a slow endpoint from a dead one, and gateways give up. A cold start may take longer, so the "
    "best of several runs is judged, and `--warm-up` keeps the first one out of the evidence.",
    consequence="The page shows nothing at all, and a gateway may answer 504 although the picture is on its way.",
    fix="Return the StreamingResponse at once and load or compute inside its generator; load the model in setup().",
    requires=("H01",),
    options=Options(),
    passes=lambda: (
        sample("a head at once", stream(*good_events())),
        sample("a head after 9 s", stream(*good_events(), head_ms=9000, first_ms=9500)),
        sample(
            "a cold start, and a warm run after it",
            stream(*good_events(), head_ms=25_000, first_ms=25_500),
            stream(*good_events()),
        ),
    ),
    fails=lambda: (
        sample("a head after 12 s", stream(*good_events(), head_ms=12_000, first_ms=12_500)),
        sample(
            "a head only with the first event, after 40 s",
            stream(*good_events(), head_ms=40_000, first_ms=40_000),
            sets_off=("C02",),
        ),
        sample(
            "a late head in every run",
            *(stream(*good_events(), head_ms=late_ms, first_ms=late_ms + 500) for late_ms in (25_000, 12_000)),
        ),
    ),
)
def check(generations: tuple[Evidence, ...], options: Options) -> Iterator[Finding]:
    """Take the shortest wait of all runs."""
    heads = [(item.transcript.phases.head_ns, item) for item in generations]
    waits = [(head_ns - asked_ns(item), head_ns, item) for head_ns, item in heads if head_ns is not None]
    if not waits:
        raise NotApplicable("the instant of the head was not recorded")
    wait_ns, head_ns, generation = min(waits, key=lambda entry: entry[0])
    if wait_ns > options.head_limit_seconds * NS_PER_SECOND:
        yield generation.finding(
            f"the response head came {in_seconds(wait_ns):.1f} s after the request{of_runs(generations)}, expected "
            f"within {options.head_limit_seconds:g} s (was it a cold start? then check again with --warm-up)",
            at_ns=head_ns,
        )
