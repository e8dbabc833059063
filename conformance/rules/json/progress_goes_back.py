"""J06: steps and progress only grow, and stay in range."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Transcript
from conformance.samples import event, final, good_events, picture, picture_bytes, preview, stream
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding, first_few
from conformance.stream.location import offset_of
from conformance.stream.payload import MAX_SAFE_INTEGER, Json

_COUNTERS = ("step", "current_step", "progress")
_TOTALS = ("total_steps", "num_inference_steps", "num_steps", "max_steps", "total", "steps")
# Where one of these changes, another count begins: a second stage, the next picture of a batch.
_STAGES = ("stage", "phase", "pass", "type", "event", "kind", "status", "state", "index", "image_index", "batch_index")
_TEXT = re.compile(r"[A-Za-z:\s]*([0-9]+(?:\.[0-9]+)?)\s*(?:(?:/|of)\s*([0-9]+(?:\.[0-9]+)?)|(%))?\s*")
# "step 12 of 50" is short; the pattern would take for ever over a megabyte of spaces.
_LONGEST_TEXT = 64
# Room for the rounding of 0.1 + 0.2.
_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    event: Event
    name: str
    written: Json
    value: float
    total: float | None

    @property
    def is_plain_progress(self) -> bool:
        return self.name == "progress" and not isinstance(self.written, str)


def _steps(*steps: int, **members: Json) -> tuple[dict[str, Json], ...]:
    return tuple({"step": step, **members} for step in steps)


def _counting(*payloads: dict[str, Json]) -> Transcript:
    """A preview without a count, progress events, and a final."""
    return stream(event({"image": preview()["image"]}), *map(event, payloads), event(final()))


def _progress(*values: Json) -> Transcript:
    return _counting(*({"progress": value} for value in values))


@rule(
    id="J06",
    name="progress-goes-back",
    requirement="Steps and progress never go back within a stage, and stay between 0 and their total.",
    level=Level.SHOULD,
    basis=Basis.OPERATIONS,
    reference="https://fal.ai/docs/documentation/model-apis/inference/streaming",
    rationale="Only `step`, `current_step` and `progress` are read, as numbers or as text such as 3/20 or 40%. A new "
    "stage, a new total or the next picture of a batch starts a count of its own. Nobody is obliged to count.",
    consequence="A progress bar jumps back or runs past its end, and an estimate of the time left becomes nonsense.",
    fix="Take the count from the pipeline's step callback; name the stage when a second one begins.",
    requires=("J01", "J02"),
    passes=lambda: (
        sample("steps of a total, and progress", stream(*good_events())),
        sample(
            "two stages with counts of their own",
            stream(
                *(event(preview(step, 2, stage="base")) for step in (1, 2)),
                event(preview(1, 2, stage="refine", image=picture(picture_bytes(0.95)))),
                event(final()),
            ),
        ),
        sample(
            "a second count with another total",
            _counting(*_steps(1, 10, 20, total_steps=20), *_steps(1, 5, total_steps=5)),
        ),
        sample("percent", _progress(0.5, 50, 100)),
        sample("percent as text", _progress("5%", "50 %")),
        sample("text such as 3/20", _progress("3/20", "Step 10 of 20", "20/20")),
        sample(
            "progress as a count of 150 steps",
            _counting({"progress": 1, "total": 150}, {"progress": 150, "total": 150}),
        ),
        sample("the same step twice", _counting(*_steps(1, 1, 2, 2, total_steps=2))),
        sample("a step that is no number", _counting({"step": "denoise"}, {"step": None}, {"step": [2]})),
        sample(
            "pictures of a batch that take turns",
            _counting(*_steps(1, 3, image_index=0), *_steps(1, 2, image_index=1), *_steps(4, image_index=0)),
        ),
        sample("no count at all", _counting({"message": "loading"})),
    ),
    fails=lambda: (
        sample("step 3 after 5", _counting(*_steps(1, 5, 3, 8, total_steps=8))),
        sample("a current_step that goes back", _counting({"current_step": 2}, {"current_step": 1})),
        sample("progress that goes back", _progress(0.5, 0.4)),
        sample("text that goes back", _progress("9/20", "8/20")),
        sample("more steps than the total", _counting(*_steps(4, 5, total_steps=4))),
        sample("progress beyond 1", _progress(0.75, 1.25)),
        sample("progress beyond 100 percent", _progress(50, 150)),
        sample("a negative step", _counting(*_steps(-1, 0, 1))),
        sample("a count that starts again in the same stage", _counting(*_steps(1, 2, 1, 2, total_steps=2))),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Follow every count through the events of its stage."""
    events = (event for event in generation.events if event not in generation.error_events)
    counts = [count for event_ in events for count in _counts(event_)]
    if not counts:
        raise NotApplicable(f"no event counts: none has {', '.join(map(repr, _COUNTERS))}")
    end_of_progress = _end_of_progress(counts) if generation.transcript.end.ending.is_clean else 100.0
    stages: defaultdict[tuple[object, ...], list[_Count]] = defaultdict(list)
    for count in counts:
        stages[(count.name, count.total, *_stage(count.event))].append(count)
    faults = (fault for stage in stages.values() for fault in _faults(generation, stage, end_of_progress))
    yield from first_few(sorted(faults, key=lambda finding: finding.byte_offset or 0))


def _stage(event_: Event) -> tuple[object, ...]:
    values = map(event_.payload.members.get, _STAGES)
    return tuple(value if isinstance(value, str | int | float) else None for value in values)


def _counts(event_: Event) -> Iterator[_Count]:
    members = event_.payload.members
    declared = next((number for name in _TOTALS if (number := _number(members.get(name))) and number > 0), None)
    for name in _COUNTERS:
        written = members.get(name)
        value, total = _number(written), declared
        text = _TEXT.fullmatch(written) if isinstance(written, str) and len(written) <= _LONGEST_TEXT else None
        if text:
            value = float(text[1])
            total = 100.0 if text[3] else float(text[2]) if text[2] else declared
        if value is not None:
            yield _Count(event=event_, name=name, written=written, value=value, total=total)


def _number(value: Json) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Larger integers are J08's, and the largest do not fit into a float.
    return float(value) if abs(value) <= MAX_SAFE_INTEGER else None


def _end_of_progress(counts: Sequence[_Count]) -> float:
    """Where plain progress ends: at 1 where it is a share, else at 100; a stream that ended well got near it."""
    values = [count.value for count in counts if count.is_plain_progress]
    is_share = any(value % 1 for value in values) and max(values) <= 2
    return 1.0 if is_share else 100.0


def _faults(generation: Evidence, stage: Sequence[_Count], end_of_progress: float) -> Iterator[Finding]:
    for count in stage:
        most = count.total
        if count.is_plain_progress:
            # Some count steps under this name, so that a total above 100 is the end.
            most = max(end_of_progress, most or 0) if end_of_progress > 1 else end_of_progress
        if count.value < -_TOLERANCE or (most is not None and count.value > most + _TOLERANCE):
            expected = "0 or more" if most is None else f"0 to {most:g}"
            yield _finding(generation, count, f"{count.name} is {count.written!r}, expected {expected}")
    for before, count in pairwise(stage):
        if count.value < before.value - _TOLERANCE:
            message = f"{count.name} is {count.written!r} after {before.written!r}, expected it never to go back"
            yield _finding(generation, count, message)


def _finding(generation: Evidence, count: _Count, message: str) -> Finding:
    position = max(count.event.sse.data.find(f'"{count.name}"'), 0)
    return generation.finding(message, event=count.event, offset=offset_of(generation, count.event, position))
