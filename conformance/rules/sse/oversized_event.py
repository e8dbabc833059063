"""S15: an event stays within a stated size."""

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.catalogue import Basis, Level, rule, sample
from conformance.core import Block, Transcript
from conformance.samples import event, final, good_events, stream, timed_stream
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding, first_few
from conformance.stream.location import event_at

_MIB = 1024 * 1024
# Shared by all chunks of the failing sample, which is joined only when it is judged.
_PADDING = b"x" * 65536


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How large an event may be.

    Attributes:
        max_event_bytes: The most bytes on the data lines of one event.
    """

    max_event_bytes: int = 8 * _MIB


def _padded(count: int) -> Transcript:
    """A good stream whose final event has ``count`` times 64 KiB in a member that nobody needs."""
    before, after = event(final(latents="@")).split(b"@")
    previews = [(500 * (index + 1), part) for index, part in enumerate(good_events()[:-1])]
    padded = [(2500, part) for part in (before, *[_PADDING] * count, after)]
    return timed_stream([*previews, *padded], end_ms=2510)


@rule(
    id="S15",
    name="oversized-event",
    requirement="No event is larger than a stated limit, 8 MiB by default.",
    level=Level.SHOULD,
    basis=Basis.OPERATIONS,
    reference="https://fal.ai/docs/documentation/development/streaming",
    rationale="Every reader holds an event whole before it hands it on, and fal-js's parser slows down more than in "
    "proportion: 8 MB block it for one to two seconds, 20 MB for nearly nine. No standard sets a limit, so it is a "
    "SHOULD. Base64 pictures over 64 KiB are normal, although readers with a line limit of 64 KiB fail on them.",
    consequence="A page that reads with fal-js freezes while it parses; readers with a limit drop the stream.",
    fix="Send previews smaller or as JPEG of lower quality, and upload a large result and send its URL.",
    requires=("H02",),
    options=Options(),
    passes=lambda: (
        sample("pictures of a few kilobytes", stream(*good_events())),
        sample("an event over 64 KiB", _padded(2)),
        sample("an event just under the limit", _padded(127)),
    ),
    fails=lambda: (sample("an event over 8 MiB", _padded(128)),),
)
def check(generation: Evidence, options: Options) -> Iterator[Finding]:
    """Measure the data lines of each block, an unfinished one included."""
    yield from first_few(
        generation.finding(
            f"an event has {size} bytes on its data lines, expected at most {options.max_event_bytes}",
            event=event_at(generation, block.offset),
            offset=block.offset,
        )
        for block in generation.blocks
        if (size := _data_bytes(block)) > options.max_event_bytes
    )


def _data_bytes(block: Block) -> int:
    return sum(len(line.content) for line in block.lines if line.content[:5] in (b"data", b"data:"))
