"""F06: the final event and the plain answer are one and the same result."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeGuard

from conformance.catalogue import Basis, Level, NotApplicable, NotTestable, rule, sample
from conformance.core import Transcript
from conformance.rules.final import result_of
from conformance.samples import (
    answer,
    documented_events,
    event,
    final,
    good_events,
    picture,
    picture_bytes,
    stream,
)
from conformance.stream.conventions import Conventions
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding, first_few
from conformance.stream.payload import Json, Payload, parse_payload
from conformance.stream.picture import DecodedPicture, Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Numbers of this rule.

    Attributes:
        picture_distance: The largest distance of two pictures of one seed, from 0 (the same) to 1.
    """

    picture_distance: float = 0.1


# They belong to one request, or to one way of asking, and not to the result.
_OF_THE_REQUEST = frozenset({"timings", "timing", "metrics", "request_id", "id", "created", "created_at"})


def _plain(content: Json | bytes, status: int = 200, content_type: str = "application/json") -> Transcript:
    return answer("plain_generation", status, content, content_type=content_type)


def _another() -> Json:
    return final(images=[picture(picture_bytes(noise=1.0))])


def _with(**members: Json) -> list[bytes]:
    return [*good_events()[:-1], event(final(**members))]


def _seeded(*pieces: bytes) -> Transcript:
    return stream(*pieces, payload={"prompt": "a red disc", "seed": 42})


@rule(
    id="F06",
    name="differs-from-plain-answer",
    requirement="The final event has the members of the answer without a stream, and with a seed its pictures.",
    level=Level.SHOULD,
    basis=Basis.FAL,
    reference="https://fal.ai/docs/documentation/development/streaming",
    rationale="Who moves from the plain route to the stream expects the result that the schema describes. Members of "
    "the answer must be there with a value of the same kind, and as many pictures of the same size; what a final "
    "event has beyond (a mark, the step, the progress) is its own. Timings, request ids and null values are left "
    "aside. Pixels are compared only where the request names a seed, and with a tolerance of 0.1 "
    "(`picture_distance`), since kernels of a GPU are not exact and formats lose something.",
    consequence="Code that works on the result of fal_client.subscribe or fal.subscribe breaks on the last event of "
    "the stream, or shows another picture.",
    fix="Build the final event from the very object that the plain route returns, {**result, final: true}.",
    requires=("F01",),
    options=Options(),
    passes=lambda: (
        sample("the same object", _seeded(*good_events()), _plain(final())),
        sample("no mark in the plain answer", _seeded(*good_events()), _plain(final(final=None))),
        sample("other timings", _seeded(*good_events()), _plain(final(timings={"inference": 7, "queue": 1}))),
        sample("no timings in the stream", stream(*_with(timings=None)), _plain(final())),
        sample("a member that is null", _seeded(*good_events()), _plain({**final(), "mask": None})),
        sample("another picture without a seed", stream(*good_events()), _plain(_another())),
        sample(
            "a picture saved once more",
            _seeded(*good_events()),
            _plain(final(images=[picture(picture_bytes(quality=50))])),
        ),
        sample(
            "a file in the plain answer, a data URI in the stream",
            _seeded(*good_events()),
            _plain(
                final(images=[picture(url="https://v3.fal.media/files/a.jpeg", file_name="a.jpeg", file_size=9000)])
            ),
        ),
        sample("whole seconds in one answer", _seeded(*_with(cost=1)), _plain(final(cost=1.5))),
        sample(
            "fal's documented shape",
            stream(*documented_events()),
            _plain({"image": picture(width=None, height=None)}),
            sets_off=("F02",),
        ),
        sample("429, which is about load", _seeded(*good_events()), _plain({"detail": "slow down"}, 429)),
        sample(
            "no pictures",
            stream(event({"output": "a"}), event({"output": "a red disc"})),
            _plain({"output": "another"}),
            sets_off=("F02",),
            conventions=Conventions(carries_pictures=False),
        ),
    ),
    fails=lambda: (
        sample(
            "image in the stream, images in the plain answer",
            stream(*_with(images=None, image=picture())),
            _plain(final()),
        ),
        sample("no prompt in the stream", stream(*_with(prompt=None)), _plain(final())),
        sample("a list in one, an object in the other", _seeded(*good_events()), _plain(final(images=picture()))),
        sample("a seed as text", _seeded(*good_events()), _plain(final(seed="42"))),
        sample("two pictures against one", stream(*good_events()), _plain(final(images=[picture(), picture()]))),
        sample(
            "a larger picture",
            stream(*good_events()),
            _plain(final(images=[picture(picture_bytes(width=64, height=64), width=64, height=64)])),
        ),
        sample("another picture with the same seed", _seeded(*good_events()), _plain(_another())),
        sample(
            "the result one member deeper",
            stream(*good_events()[:-1], event({"final": True, "output": final(final=None)})),
            _plain(final(final=None)),
        ),
    ),
)
def check(generation: Evidence, plain_generation: Evidence, options: Options) -> Iterator[Finding]:
    """Compare the members; where they agree, the pictures."""
    plain, last = _result(plain_generation), result_of(generation)
    differences = [*_members(plain, last.payload)]
    if not differences and generation.conventions.carries_pictures:
        has_seed = generation.asked.members.get("seed") is not None
        expected = generation.conventions.pictures_of(plain.value)
        differences = [*_pictures(expected, last.pictures, options.picture_distance if has_seed else None)]
    yield from first_few(generation.finding(difference, event=last) for difference in differences)


def _result(plain_generation: Evidence) -> Payload:
    status, ending = plain_generation.response.status, plain_generation.transcript.end.ending
    if status in (429, 503):
        raise NotApplicable(f"the plain route answered {status}, which is about load")
    if not 200 <= status < 300:
        raise NotTestable(f"the plain route answered {status}: is it the right one (--plain-url)?")
    if not ending.is_clean:
        raise NotTestable(f"the plain answer did not end by itself: {ending.value}")
    payload = parse_payload(plain_generation.body.decode("utf-8", "replace"))
    if not payload.members or plain_generation.conventions.is_error(payload):
        raise NotTestable(
            f"the plain answer is no result: {plain_generation.media_type!r}, {plain_generation.body[:80]!r}"
        )
    return payload


def _members(plain: Payload, last: Payload) -> Iterator[str]:
    for name, value in plain.members.items():
        expected, read = _kind(value), _kind(last.members.get(name))
        if name in _OF_THE_REQUEST or expected == "nothing" or expected == read:
            continue
        yield f"{name!r} of the final event is {read}, and {expected} in the plain answer: expected the same"


def _kind(value: Json) -> str:
    if isinstance(value, bool):
        return "a boolean"
    kinds = {str: "a string", dict: "an object", list: "a list", int: "a number", float: "a number"}
    return "nothing" if value in (None, [], {}) else kinds[type(value)]


def _pictures(plain: tuple[Picture, ...], last: tuple[Picture, ...], most: float | None) -> Iterator[str]:
    if len(plain) != len(last):
        yield f"the final event has {len(last)} picture(s), and {len(plain)} in the plain answer: expected as many"
        return
    for expected, read in zip(plain, last, strict=True):
        if _is_sound(expected.decoded) and _is_sound(read.decoded):
            yield from _looks(read.path, expected.decoded, read.decoded, most)


def _is_sound(decoded: DecodedPicture | None) -> TypeGuard[DecodedPicture]:
    return decoded is not None and decoded.error is None


def _looks(path: str, expected: DecodedPicture, read: DecodedPicture, most: float | None) -> Iterator[str]:
    if expected.shown_size != read.shown_size:
        yield f"{path} is {_size(read)} pixels, and {_size(expected)} in the plain answer: expected the same"
    elif most is not None and (distance := read.distance(expected)) > most:
        yield f"{path} differs by {distance:.2f} from the plain answer of the same seed, expected at most {most:g}"


def _size(decoded: DecodedPicture) -> str:
    return "x".join(map(str, decoded.shown_size))
