"""I01: a preview's picture is an object with url and content_type."""

from collections.abc import Callable, Iterator
from functools import cache

from conformance.catalogue import Basis, Level, rule, sample
from conformance.core import Transcript
from conformance.samples import event, final, good_events, picture, picture_bytes, picture_url, preview, stream
from conformance.signs.frames import locate, preview_pictures
from conformance.stream.conventions import Conventions
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding, first_few
from conformance.stream.payload import Json


@cache
def _urls() -> tuple[str, ...]:
    return tuple(picture_url(picture_bytes(progress)) for progress in (0.3, 0.6))


def _shown_as(image: Callable[[str], Json]) -> Transcript:
    shown = (preview(step, len(_urls()), image=image(url)) for step, url in enumerate(_urls(), start=1))
    return stream(*map(event, shown), event(final()))


@rule(
    id="I01",
    name="incomplete-picture-object",
    requirement="Each picture of a preview is an object with the strings `url` and `content_type`.",
    level=Level.MUST,
    basis=Basis.FAL,
    reference="https://fal.ai/docs/documentation/development/handle-inputs-and-outputs",
    rationale="fal's Playground takes an object for a picture when it has both, and fal says that the same holds for "
    "each event of a stream. Where the object stands is the app's choice, so the whole payload is searched; under "
    "the profile's picture names (`image`, `images`, `preview`, `previews`) whatever means to be a picture counts. "
    "Events without any picture report progress, which is fine; a result without one is F01's.",
    consequence="fal's Playground shows the previews as raw JSON instead of pictures.",
    fix='Send {"url": "data:image/jpeg;base64,...", "content_type": "image/jpeg"} for each picture; '
    "fal.toolkit.Image makes such an object.",
    requires=("J01", "J02"),
    passes=lambda: (
        sample("previews as fal documents them", stream(*good_events())),
        sample(
            "the object of fal.distributed, with data: null, width and height",
            _shown_as(lambda url: {**picture(url=url), "data": None}),
        ),
        sample(
            "pictures in a list",
            stream(
                *(event(preview(s, 2, image=None, images=[picture(picture_bytes(s / 3))])) for s in (1, 2)),
                event(final()),
            ),
        ),
        sample(
            "pictures deep in the payload, under a name of the app's own",
            stream(
                *(event(preview(s, 2, image=None, output={"frame": picture(picture_bytes(s / 3))})) for s in (1, 2)),
                event(final()),
            ),
        ),
        sample(
            "progress before the first picture, and words where a picture could stand",
            stream(
                event({"step": 0, "progress": 0.0, "preview": "not yet"}),
                event({"step": 0, "progress": 0.0, "image": "1024x1024", "images": 1}),
                *good_events(),
            ),
        ),
        sample(
            "a profile without pictures",
            stream(*(event({"step": step, "image": {"url": "x"}}) for step in (1, 2)), event(final())),
            conventions=Conventions(carries_pictures=False),
        ),
    ),
    fails=lambda: (
        sample("url without content_type", _shown_as(lambda url: {"url": url})),
        sample("content_type without url", _shown_as(lambda url: {"content_type": "image/jpeg"})),
        sample("url is null", _shown_as(lambda url: {"url": None, "content_type": "image/jpeg"})),
        sample("a bare data URI in place of the object", _shown_as(lambda url: url)),
        sample("bare base64 in place of the object", _shown_as(lambda url: url.partition(",")[2])),
        sample("bytes under another name", _shown_as(lambda url: {"b64": url.partition(",")[2]})),
        sample("a list of bare data URIs", _shown_as(lambda url: [url])),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Ask each picture outside the final event what its object lacks."""
    yield from first_few(
        generation.finding(fault, event=event, offset=locate(generation, event, f'"{item.name}"'))
        for event, item in preview_pictures(generation)
        if (fault := item.shape_fault) is not None
    )
