"""J08: integers stay where JavaScript can hold them."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, rule, sample
from conformance.samples import event, final, good_events, stream
from conformance.signs.applicability import require_json
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding, first_few
from conformance.stream.location import offset_of
from conformance.stream.payload import MAX_SAFE_INTEGER

_SHOWN_DIGITS = 40


@rule(
    id="J08",
    name="unsafe-integer",
    requirement="Integers lie between -(2^53 - 1) and 2^53 - 1.",
    level=Level.SHOULD,
    basis=Basis.CLIENT,
    reference="https://www.rfc-editor.org/rfc/rfc8259#section-6",
    rationale="RFC 8259 promises agreement between readers in this range only: JavaScript numbers are doubles. "
    "Larger integers are legal JSON and exact in Python, so this is advice.",
    consequence="fal-js rounds the number without an error: a user who copies the seed gets another picture.",
    fix="Draw seeds below 2^32 or 2^53; send larger numbers as strings.",
    requires=("J01",),
    passes=lambda: (
        sample("a 32-bit seed", stream(*good_events())),
        sample("the largest safe integer", stream(*good_events()[:-1], event(final(seed=MAX_SAFE_INTEGER)))),
        sample("a large number in a string", stream(*good_events()[:-1], event(final(seed=str(2**63))))),
        sample("a large number with a fraction part", stream(*good_events()[:-1], event(final(loss=1e300)))),
    ),
    fails=lambda: (
        sample("a 64-bit seed", stream(*good_events()[:-1], event(final(seed=2**63 - 1)))),
        sample("one more than the largest safe integer", stream(*good_events()[:-1], event(final(seed=2**53)))),
        sample("a large negative number", stream(*good_events()[:-1], event(final(seed=-(2**62) + 1)))),
        sample("a large number in a list", stream(*good_events()[:-1], event(final(seeds=[1, 2**60 + 1])))),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Compare every integer with the range."""
    require_json(generation)
    yield from first_few(
        _fault(generation, event, path, value)
        for event in generation.events
        for path, value in event.payload.unsafe_integers
    )


def _fault(generation: Evidence, event: Event, path: str, value: int | float) -> Finding:
    digits = str(value)
    shown = digits if len(digits) <= _SHOWN_DIGITS else f"{digits[:_SHOWN_DIGITS]}..."
    return generation.finding(
        f"{path} is {shown}, expected at most 2^53 - 1 = {MAX_SAFE_INTEGER} in size: {_as_read(value)}",
        event=event,
        offset=offset_of(generation, event, max(event.sse.data.find(digits), 0)),
    )


def _as_read(value: int | float) -> str:
    try:
        read = int(float(value))
    except OverflowError:
        return "JavaScript reads Infinity"
    return f"JavaScript reads {read}" if read != value else "JavaScript cannot tell it from its neighbours"
