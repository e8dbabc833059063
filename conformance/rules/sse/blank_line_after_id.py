"""S08: once an id was sent, no blank line stands without an event."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Block
from conformance.rules.sse import leaves_a_trace, quoted
from conformance.samples import good_events, stream
from conformance.signs.applicability import require_fal_clients
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding, first_few


def _with_ids(between: bytes) -> tuple[bytes, ...]:
    numbered = [f"id: {number}\n".encode() + part for number, part in enumerate(good_events(), start=1)]
    return (*numbered[:2], between, *numbered[2:])


@rule(
    id="S08",
    name="blank-line-after-id",
    requirement="Once an event had an `id`, every blank line ends an event.",
    level=Level.MUST,
    basis=Basis.CLIENT,
    reference="https://github.com/florimondmanca/httpx-sse/issues/35",
    rationale="httpx-sse, which fal_client reads with, keeps the last event ID and makes an event with empty data of "
    "every further blank line. Stock FastAPI keep-alives (`: ping` and a blank line) do so to any stream with ids. It "
    "is a MUST because the stream dies, and holds for as long as httpx-sse (0.4.3 and before) has the fault.",
    consequence="fal_client.stream raises JSONDecodeError at the keep-alive and loses the rest; fal-js reads on.",
    fix="Send no `id` (neither fal client resumes a stream), or end keep-alive comments with one line break.",
    requires=("H02",),
    passes=lambda: (
        sample("a comment with one line break", stream(*_with_ids(b": ping\n"))),
        sample("a comment block before the first id", stream(b": hello\n\n", *_with_ids(b""))),
        sample("comment blocks without any id", stream(b": ping\n\n", *good_events())),
        sample(
            "an id that was taken back",
            stream(*good_events()[:1], b"id: 1\nid:\n" + good_events()[1], b": ping\n\n", *good_events()[2:]),
        ),
    ),
    fails=lambda: (
        sample("a comment block", stream(*_with_ids(b": ping\n\n"))),
        sample("an extra blank line", stream(*_with_ids(b"\n"))),
        sample("a comment block after the last event", stream(*_with_ids(b""), b": bye\n\n")),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Follow the last event ID through the blocks."""
    require_fal_clients(generation)
    if not any(_id_after(block, "") for block in generation.blocks):
        raise NotApplicable("fewer than 1 non-empty id: 0")
    yield from first_few(_findings(generation))


def _findings(generation: Evidence) -> Iterator[Finding]:
    id_ = ""
    for block in generation.blocks:
        id_ = _id_after(block, id_)
        if id_ and block.is_finished and not block.data_lines and not leaves_a_trace(block):
            read = quoted(block.lines[0].content) if block.lines else "another blank line"
            yield generation.finding(
                f"Legal SSE, but a blank line follows {read} while the last id is {quoted(id_.encode())}: fal_client "
                "reads an event with empty data and raises JSONDecodeError",
                offset=block.offset,
            )


def _id_after(block: Block, id_: str) -> str:
    values = [line.value for line in block.fields if line.name == b"id" and b"\x00" not in line.value]
    return values[-1].decode("utf-8", "replace") if values else id_
