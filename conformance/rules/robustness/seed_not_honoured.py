"""R05: the same seed gives the same final."""

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Ending, Transcript
from conformance.samples import answer, documented_events, event, final, good_events, picture, picture_bytes, stream
from conformance.signs.frames import Frame, finding_at, frame_of
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding
from conformance.stream.payload import Json

_SEEDED: dict[str, Json] = {"prompt": "a red disc", "seed": 42}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What still counts as the same picture.

    Attributes:
        tolerated_distance: Root mean square difference of the 32 x 32 thumbnails, from 0 to 1.
    """

    tolerated_distance: float = 0.1


def _first(*pieces: bytes, payload: dict[str, Json] | None = None) -> Transcript:
    return stream(*(pieces or good_events()), payload=_SEEDED if payload is None else payload)


def _again(*pieces: bytes, ending: Ending = Ending.COMPLETE) -> Transcript:
    return stream(*pieces, probe="repeat_generation", payload=_SEEDED, ending=ending)


def _showing(*pictures: Json) -> tuple[bytes, ...]:
    return (*good_events()[:-1], event(final(images=list(pictures))))


def _remote(name: str) -> Json:
    return picture(url=f"https://v3.fal.media/files/b/{name}.jpeg")


@rule(
    id="R05",
    name="seed-not-honoured",
    requirement="The same input with the same seed gives the same final picture.",
    level=Level.SHOULD,
    basis=Basis.OPERATIONS,
    reference="https://huggingface.co/docs/diffusers/using-diffusers/reusing_seeds",
    rationale="A seed is there to get a picture again. Kernels and other GPUs round differently, which changes details "
    "but not the composition, so 32 x 32 thumbnails are compared and 0.1 is tolerated; pictures of different seeds "
    "are about 0.2 apart. Pictures behind URLs are not fetched and so not judged.",
    consequence="Nobody can return to a picture they liked, or change one word of its prompt and keep the rest.",
    fix='Pass generator=torch.Generator("cpu").manual_seed(seed) to the pipeline in each request; neither seed it once '
    "at start-up nor share it between requests.",
    requires=("F01", "F03"),
    options=Options(),
    passes=lambda: (
        sample("the same picture", _first(), _again(*good_events())),
        sample(
            "details that nondeterministic kernels change",
            _first(),
            _again(*_showing(picture(picture_bytes(quality=95, noise=0.1)))),
        ),
        sample("another quality of JPEG", _first(), _again(*_showing(picture(picture_bytes(quality=40))))),
        sample(
            "fal's documented example",
            _first(*documented_events()),
            _again(*documented_events()),
            sets_off=("F02", "F08"),
        ),
        sample(
            "pictures behind URLs",
            _first(*_showing(_remote("a"))),
            _again(*_showing(_remote("b"))),
        ),
        sample(
            "a request without a seed",
            _first(payload={"prompt": "a red disc"}),
            _again(*_showing(picture(picture_bytes(0.2)))),
        ),
        sample("a second stream that was cut off", _first(), _again(*good_events()[:2], ending=Ending.TRUNCATED)),
        sample(
            "a second stream that lost its unmarked final",
            _first(*documented_events()),
            _again(*documented_events()[:2]),
            sets_off=("F02", "F08"),
        ),
        sample(
            "a second request that is refused for load", _first(), answer("repeat_generation", 503, {"detail": "busy"})
        ),
    ),
    fails=lambda: (
        sample("another picture", _first(), _again(*_showing(picture(picture_bytes(0.2))))),
        sample("another picture of the same composition", _first(), _again(*_showing(picture(picture_bytes(hue=99))))),
        sample(
            "one picture of two is another",
            _first(*_showing(picture(), picture(picture_bytes(hue=40)))),
            _again(*_showing(picture(), picture(picture_bytes(0.3)))),
        ),
        sample("two pictures instead of one", _first(), _again(*_showing(picture(), picture()))),
        sample(
            "another picture where nothing is marked",
            _first(*documented_events()),
            _again(*documented_events()[:-1], event({"image": picture(picture_bytes(hue=99))})),
            sets_off=("F02", "F08"),
        ),
    ),
)
def check(generation: Evidence, repeat_generation: Evidence, options: Options) -> Iterator[Finding]:
    """Compare the two finals, picture by picture."""
    if not generation.conventions.carries_pictures:
        raise NotApplicable("the profile expects no pictures")
    if generation.asked.members.get("seed") is None:
        raise NotApplicable("the payload names no seed")
    if repeat_generation.response.status != 200:
        raise NotApplicable(f"the status of repeat_generation is {repeat_generation.response.status}")
    first, again = _final(generation), _final(repeat_generation)
    results = [len(evidence.result_events) for evidence in (generation, repeat_generation)]
    if results[1] < results[0] and not repeat_generation.marked_finals:
        raise NotApplicable(f"no final is marked and the results are {results[1]} of {results[0]}: one may be missing")
    difference = _difference(first, again, options.tolerated_distance)
    if difference is not None:
        yield finding_at(repeat_generation, again, f"with the same seed, {difference}")


def _final(evidence: Evidence) -> Frame:
    event_ = evidence.certain_final
    frame = frame_of(evidence, event_) if event_ is not None else None
    if frame is None or not frame.decoded:
        raise NotApplicable(f"{evidence.probe} has no final event whose pictures are inline and whole")
    return frame


def _difference(first: Frame, again: Frame, tolerated: float) -> str | None:
    if len(first.decoded) != len(again.decoded):
        return f"the final holds {len(again.decoded)} picture(s), expected {len(first.decoded)} as the first time"
    for item, before, after in zip(again.pictures, first.decoded, again.decoded, strict=True):
        distance = before.distance(after)
        if distance > tolerated:
            return (
                f"{item.path} of the final is another picture: its distance from the first time's is {distance:.2f}, "
                f"expected at most {tolerated:g}"
            )
    return None
