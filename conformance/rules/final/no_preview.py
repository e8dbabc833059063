"""F05: at least one preview comes before the final event."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core.timing import in_seconds
from conformance.rules.final import result_of
from conformance.samples import event, final, good_events, preview, stream
from conformance.signs.applicability import require_pictures
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding
from conformance.stream.payload import Json

_STEPS = ("num_inference_steps", "total_steps", "num_steps", "steps", "inference_steps")
_CACHED = ("cached", "from_cache", "cache_hit", "is_cached")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Numbers of this rule.

    Attributes:
        least_seconds: A result that comes sooner after the request needs no preview.
    """

    least_seconds: float = 1.0


@rule(
    id="F05",
    name="no-preview",
    requirement="At least one preview comes before the final event.",
    level=Level.SHOULD,
    basis=Basis.OPERATIONS,
    reference="https://fal.ai/docs/documentation/development/streaming",
    rationale="Previews are what a stream of pictures is for. A generation of one step has nothing to show before its "
    "result, and neither has a result that was cached or that comes within a second: those are not judged. The steps "
    "are read in the request and in the payloads, and of several numbers the smallest counts.",
    consequence="The user looks at a spinner for the whole generation, as with a request without a stream.",
    fix="Decode and send a preview from the pipeline's step callback; check that no queue between them is drained only "
    "at the end.",
    requires=("F01",),
    options=Options(),
    passes=lambda: (
        sample("four previews", stream(*good_events())),
        sample("one preview", stream(event(preview(1, 2)), event(final()))),
        sample(
            "one step, as the request asked",
            stream(event(final()), first_ms=3000, payload={"prompt": "a red disc", "num_inference_steps": 1}),
        ),
        sample(
            "one step, as a payload says", stream(event({"step": 1, "total_steps": 1}), event(final()), first_ms=3000)
        ),
        sample("a cached result", stream(event(final(cached=True)), first_ms=3000)),
        sample("a result after a quarter of a second", stream(event(final()), first_ms=250)),
    ),
    fails=lambda: (
        sample("the final event only", stream(event(final()), first_ms=3000)),
        sample(
            "progress without pictures",
            stream(*(event({"step": step, "total_steps": 4}) for step in (1, 2, 3, 4)), event(final())),
        ),
        sample(
            "many steps, as the request asked",
            stream(event(final()), first_ms=3000, payload={"prompt": "a red disc", "num_inference_steps": 20}),
        ),
    ),
)
def check(generation: Evidence, options: Options) -> Iterator[Finding]:
    """Count the events with a picture before the last one."""
    require_pictures(generation)
    last = result_of(generation)
    if any(event.index < last.index for event in generation.result_events):
        return
    waited = in_seconds(last.at_ns - (generation.transcript.phases.request_sent_ns or 0))
    _require_something_to_show(generation, last, waited, options)
    yield generation.finding(
        f"the final event came after {waited:.1f} s and 0 previews, expected at least 1 preview", event=last
    )


def _require_something_to_show(generation: Evidence, last: Event, waited: float, options: Options) -> None:
    if waited < options.least_seconds:
        raise NotApplicable(f"the result came after {waited:.2f} s, less than {options.least_seconds:g} s")
    if any(last.payload.members.get(name) is True for name in _CACHED):
        raise NotApplicable("the result was cached")
    documents = [generation.asked.members, *(event.payload.members for event in generation.events)]
    steps = [number for members in documents for number in _steps(members)]
    if steps and min(steps) <= 1:
        raise NotApplicable(f"fewer than 2 steps: {min(steps):g}")


def _steps(members: Mapping[str, Json]) -> Iterator[float]:
    for name in _STEPS:
        value = members.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
            yield value
