"""F03: the final event's pictures are there and sound."""

from collections.abc import Iterator
from dataclasses import replace

from conformance.catalogue import Basis, Level, rule, sample
from conformance.rules.final import result_of
from conformance.samples import event, final, good_events, picture, picture_bytes, picture_url, preview, stream
from conformance.signs.applicability import require_pictures
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding, first_few
from conformance.stream.location import offset_of
from conformance.stream.payload import Json
from conformance.stream.picture import Picture


def _ending(**members: Json) -> tuple[bytes, ...]:
    return (*good_events()[:-1], event(final(**members)))


def _one(**members: Json) -> tuple[bytes, ...]:
    return _ending(images=[picture(None, **members)])


@rule(
    id="F03",
    name="incomplete-final",
    requirement="The final event holds at least one picture, and every one is a whole media object of its own.",
    level=Level.MUST,
    basis=Basis.FAL,
    reference="https://fal.ai/docs/documentation/development/handle-inputs-and-outputs",
    rationale="The final event is held to what I01 to I04 ask of previews: an object with `url` and `content_type`, a "
    "URL that opens anywhere, one type, bytes that decode. The bytes of a preview are no result where finals are "
    "marked, unless that preview itself says that it shows the last step. Pictures behind URLs are judged unseen.",
    consequence="The user waits for the whole generation and gets no picture, a broken or an unfinished one; fal's "
    "Playground shows raw JSON.",
    fix='Send {"images": [{"url": ..., "content_type": "image/jpeg"}]} made from the pipeline\'s own output.',
    requires=("F01",),
    passes=lambda: (
        sample("one sound picture", stream(*good_events())),
        sample("two sound pictures", stream(*_ending(images=[picture(), picture(picture_bytes(hue=40))]))),
        sample("a picture behind a URL", stream(*_one(url="https://v3.fal.media/files/b/kangaroo/a.jpeg"))),
        sample("image/jpg, which counts as image/jpeg", stream(*_one(content_type="image/jpg"))),
        sample("an empty list beside the picture", stream(*_ending(image=picture(), images=[]))),
        sample(
            "the bytes of the last step's preview",
            stream(*good_events()[:-2], event(preview(4, image=picture())), event(final(images=[picture()]))),
        ),
        sample(
            "a preview's bytes where finals are not marked",
            stream(event(preview(1)), event(preview(2)), event({"image": preview(2)["image"]})),
        ),
    ),
    fails=lambda: (
        sample("no pictures", stream(*_ending(images=[]))),
        sample("null for the picture", stream(*good_events()[:-1], event({"final": True, "image": None}))),
        sample("no content_type", stream(*_one(content_type=None))),
        sample("a bare string in place of the object", stream(*_ending(images=[picture_url(picture_bytes())]))),
        sample("a relative URL", stream(*_one(url="/files/final.jpg"))),
        sample("a path on the server", stream(*_one(url="/root/final.jpg"))),
        sample("broken base64", stream(*_one(url="data:image/jpeg;base64,/9j/4AA"))),
        sample("image/png around a JPEG", stream(*_one(content_type="image/png"))),
        sample("half a picture", stream(*_one(url=picture_url(picture_bytes(quality=95)[:400])))),
        sample("one broken picture of two", stream(*_ending(images=[picture(), picture(picture_bytes()[:400])]))),
        sample(
            "an early preview repeated as the final",
            stream(*good_events()[:-1], event(final(images=[preview(2)["image"]]))),
        ),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Judge each picture by its first fault, then compare it with the previews."""
    require_pictures(generation)
    last = result_of(generation)
    if not last.pictures:
        for place in generation.empty_places(last):
            yield _finding(generation, last, f"{place} of the final event is empty, expected a picture", place)
    yield from first_few(_sound(generation, last))
    if last in generation.marked_finals:
        yield from _repeated(generation, last)


def _sound(generation: Evidence, last: Event) -> Iterator[Finding]:
    for picture_ in last.pictures:
        faults = (picture_.shape_fault, picture_.url_fault, picture_.type_fault, picture_.decode_fault)
        fault = next(filter(None, faults), None)
        if fault is not None:
            yield _finding(generation, last, f"in the final event, {fault}", picture_.url or picture_.path)


def _repeated(generation: Evidence, last: Event) -> Iterator[Finding]:
    shown = {data: event for event in generation.previews for item in event.pictures if (data := _bytes(item))}
    for picture_ in last.pictures:
        repeated = shown.get(_bytes(picture_))
        if repeated is not None and repeated not in generation.marked_finals:
            message = (
                f"{picture_.path} of the final event has the very bytes of event {repeated.index}, a preview, "
                "expected the finished picture"
            )
            found = _finding(generation, last, message, picture_.url or picture_.path)
            yield replace(found, is_note=_shows_last_step(repeated))


def _finding(generation: Evidence, last: Event, message: str, written: str) -> Finding:
    position = max(last.sse.data.find(f'"{written}"'), 0)
    return generation.finding(message, event=last, offset=offset_of(generation, last, position))


def _bytes(picture_: Picture) -> bytes:
    return picture_.data_uri.data if picture_.data_uri is not None else b""


def _shows_last_step(preview_: Event) -> bool:
    members = preview_.payload.members
    totals = [members[name] for name in ("total_steps", "num_inference_steps", "total") if members.get(name)]
    return members.get("progress") in (1, 100) or members.get("step", members.get("current_step")) in totals
